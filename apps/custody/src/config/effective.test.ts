import { expect, test } from 'vitest'
import { effectiveArchive } from './effective.ts'

const file = {
  directory: './archives',
  formats: ['jsonl', 'csv'],
  container: 'zip',
  redaction: 'p.yaml',
  allowCounted: false,
} as const

test('without overrides the file stands', () => {
  expect(effectiveArchive(file, {})).toEqual(file)
})

test('each override wins over the file', () => {
  expect(
    effectiveArchive(file, {
      out: 'o',
      formats: 'csv, jsonl,csv',
      container: 'folder',
      redact: 'default',
      allowCounted: true,
    }),
  ).toEqual({
    directory: 'o',
    formats: ['csv', 'jsonl'],
    container: 'folder',
    redaction: 'default',
    allowCounted: true,
  })
})

test('none takes the configured policy away', () => {
  expect(effectiveArchive(file, { redact: 'none' })).not.toHaveProperty('redaction')
})

test('an unknown word is refused with the nearest known one', () => {
  expect(() => effectiveArchive(file, { formats: 'jsonl,cvs' })).toThrow(/--formats: "cvs" is none of/)
  expect(() => effectiveArchive(file, { container: 'tar' })).toThrow(/--container/)
})
