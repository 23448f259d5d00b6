import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readKey, readSecret } from './secret.ts'

const folder = mkdtempSync(join(tmpdir(), 'custody-secret-'))
afterAll(() => rmSync(folder, { recursive: true }))
const fileWith = (text: string): string => {
  const file = join(folder, `secret-${Math.abs(hash(text))}`)
  writeFileSync(file, text)
  return file
}
const hash = (text: string): number => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) | 0, 7)

describe('readSecret', () => {
  test('reads the environment and files, one line end taken off', () => {
    expect(readSecret({ env: 'A' }, 'x', { A: 'value' })).toBe('value')
    expect(readSecret({ file: fileWith('value\n') }, 'x', {})).toBe('value')
    expect(readSecret({ file: fileWith('value\n\n') }, 'x', {})).toBe('value\n')
  })

  test.each([
    [{ env: 'MISSING' }, /orgs\.acme: the environment variable MISSING is not set/],
    [{ file: '/nowhere' }, /orgs\.acme: the file \/nowhere cannot be read \(ENOENT\)/],
    [{ file: fileWith('\n') }, /is empty/],
  ])('names the place of what is missing', (reference, message) => {
    expect(() => readSecret(reference, 'orgs.acme', {})).toThrow(message)
  })
})

describe('readKey', () => {
  test('32 bytes are enough, 31 are not', () => {
    expect(readKey({ env: 'K' }, 'x', { K: 'ab'.repeat(32) })).toHaveLength(32)
    expect(readKey({ env: 'K' }, 'x', { K: '-'.repeat(32) })).toHaveLength(32)
    expect(() => readKey({ env: 'K' }, 'x', { K: '-'.repeat(31) })).toThrow(/31 bytes/)
  })

  test('64 hex digits are 32 bytes, 62 are 31', () => {
    expect(() => readKey({ env: 'K' }, 'x', { K: 'ab'.repeat(31) })).toThrow(/31 bytes, at least 32/)
  })
})
