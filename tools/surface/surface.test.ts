import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { read, root } from '../workspace.ts'
import { surfaceFiles } from './surface-files.ts'

const files = surfaceFiles()

test.each([...files])('%s is what the program has', (path, text) => {
  const checkedIn = existsSync(join(root, path)) ? read(path) : ''
  expect(text, 'is the change meant? scripts rely on it. Then: npm run surface').toBe(checkedIn)
})

test('docs/json.md has every event, and no other', () => {
  const printed = (files.get('docs/surface/events.txt') ?? '').trimEnd().split('\n')
  const types = printed.map((line) => line.split(' ', 1)[0])
  const rows = read('docs/json.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  const explained = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, type]) => type))
  expect(explained.toSorted()).toEqual(types)
})

test('every exit code of the table stands in the surface', () => {
  expect(files.get('docs/surface/commands.txt')).toMatch(/\nExit codes:\n {2}0 {4}done[\s\S]*\n {2}130 {2}interrupted/)
})
