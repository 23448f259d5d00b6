import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadPolicy } from '@custody/redact'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type FileToRedact, type RedactedFile, redactFile } from './redact-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'custody-redact-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const policy = loadPolicy('version: 1\ntypes: { EMAIL: label, PHONE: label, CARD: label }')

async function redacted(
  name: string,
  text: string | Uint8Array,
  options: Partial<FileToRedact> = {},
): Promise<{ readonly text: string; readonly done: RedactedFile }> {
  const path = join(folder, name)
  writeFileSync(path, text)
  const directory = join(folder, `out-${Math.trunc(performance.now() * 1000)}`)
  const done = await redactFile({
    path,
    directory,
    policy,
    vault: null,
    key: new Uint8Array(32),
    format: 'text',
    columns: null,
    runId: 'run-1',
    tool: 'test/1',
    signal: new AbortController().signal,
    ...options,
  })
  return { text: readFileSync(done.path, 'utf8'), done }
}

const csv = 'id,"said, by whom",note\r\n1,"write to a@example.org, ""now""",b@example.org\r\n2,nothing,\r\n'

test('CSV: named columns alone are searched, and every other byte stays', async () => {
  const { text, done } = await redacted('a.csv', csv, { format: 'csv', columns: ['note'] })
  expect(text).toBe(csv.replace('b@example.org', '[EMAIL]'))
  expect(done).toMatchObject({ records: 2, recordsTouched: 1, redactions: 1, redactionsByType: { EMAIL: 1 } })
})

test('CSV: all columns where none is named; quotes are kept where they are needed', async () => {
  const { text, done } = await redacted('a.csv', `\ufeff${csv}`, { format: 'csv' })
  expect(text).toBe(`\ufeff${csv}`.replaceAll(/[ab]@example\.org/g, '[EMAIL]'))
  expect(
    readFileSync(done.findings, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { record: 1, field: 'said, by whom', type: 'EMAIL', detector: 'email', action: 'label', start: 9, length: 13 },
    { record: 1, field: 'note', type: 'EMAIL', detector: 'email', action: 'label', start: 0, length: 13 },
  ])
  const report = readFileSync(done.report, 'utf8')
  expect(JSON.parse(report)).toMatchObject({ records: 2, redactions: 2, columns: null })
  expect(report).not.toContain('example.org')
})

test('CSV: the name of a column tells what its digits are', async () => {
  const { text } = await redacted('a.csv', 'order,phone\n2125550123,2125550123\n', { format: 'csv' })
  expect(text).toBe('order,phone\n2125550123,[PHONE]\n')
})

test.each([
  ['a row with a cell too many', 'a,b\n1,2,3\n', {}, 'REDACT_CSV'],
  ['a row with a cell too few', 'a,b\n1\n', {}, 'REDACT_CSV'],
  ['a quote that is never closed', 'a,b\n"1,2\n', {}, 'REDACT_CSV'],
  ['a column that is not there', 'a,b\n1,2\n', { columns: ['c'] }, 'REDACT_COLUMNS'],
  ['a column of an empty file', '', { columns: ['c'] }, 'REDACT_COLUMNS'],
])('CSV: %s is refused, and nothing is left', async (_, text, options, code) => {
  await expect(redacted('a.csv', text, { format: 'csv', ...options })).rejects.toMatchObject({ code })
  for (const out of readdirSync(folder).filter((name) => name.startsWith('out-'))) {
    expect(readdirSync(join(folder, out))).toEqual([])
  }
})

test('an empty line at the end of a CSV is none of its rows', async () => {
  const { text } = await redacted('a.csv', 'a,b\n1,a@example.org\n\n', { format: 'csv' })
  expect(text).toBe('a,b\n1,[EMAIL]\n\n')
})

test('JSON lines: strings, numbers and keys; a line without any stays byte for byte', async () => {
  const lines = [
    '{"a": "to a@example.org", "b@example.org": [1, {"deep":"4111 1111 1111 1111"}]}',
    '{ "a" :  "nothing",  "n": 1.50 }',
    '',
    '"c@example.org"',
  ]
  const { text, done } = await redacted('a.jsonl', `${lines.join('\r\n')}\r\n`, { format: 'jsonl' })
  const [first, second, third, fourth] = text.split('\r\n')
  expect(first).not.toMatch(/example|4111/)
  expect(JSON.parse(first ?? '')).toMatchObject({ a: 'to [EMAIL]' })
  expect([second, third, fourth]).toEqual([lines[1], lines[2], '"[EMAIL]"'])
  expect(done).toMatchObject({ records: 3, recordsTouched: 2 })
})

test('JSON lines: named keys alone', async () => {
  const line = '{"a":"a@example.org","b":"b@example.org"}\n'
  const { text } = await redacted('a.jsonl', line, { format: 'jsonl', columns: ['b'] })
  expect(text).toBe('{"a":"a@example.org","b":"[EMAIL]"}\n')
})

test('JSON lines: what is no JSON is refused', async () => {
  await expect(redacted('a.jsonl', '{}\nhello a@example.org\n', { format: 'jsonl' })).rejects.toMatchObject({
    code: 'REDACT_JSONL',
    message: 'Line 2 of the file is no JSON.',
  })
})

test('plain text: what stands beside findings stays, whatever its line ends, wherever blocks are cut', async () => {
  const paragraph = 'Hello\r\nwrite to a@example.org\n\n'
  const { text } = await redacted('a.txt', paragraph.repeat(9000))
  expect(text).toBe(paragraph.replace('a@example.org', '[EMAIL]').repeat(9000))
})

test('plain text without any white space is cut, and not lost', async () => {
  const { text } = await redacted('a.txt', '\u{1f600}'.repeat(700_000))
  expect(text).toBe('\u{1f600}'.repeat(700_000))
})

test('plain text without personal data is the same, whatever it is', async () => {
  const words = fc.array(fc.constantFrom('hello', '\n', '\r\n', '\t', ' ', '"', '\u0000', 'é', '\u{1f600}'))
  await fc.assert(
    fc.asyncProperty(words, async (parts) => {
      expect((await redacted('a.txt', parts.join(''))).text).toBe(parts.join(''))
    }),
    { numRuns: 20 },
  )
})

test('bytes that are no UTF-8 are refused', async () => {
  await expect(redacted('a.txt', Buffer.from([0x61, 0xff]))).rejects.toMatchObject({ code: 'REDACT_ENCODING' })
  // Cut off in the middle of a character.
  await expect(redacted('a.txt', Buffer.from('é').subarray(0, 1))).rejects.toMatchObject({ code: 'REDACT_ENCODING' })
})

test('nothing is written over, and an aborted run leaves nothing', async () => {
  const directory = join(folder, 'out')
  await redacted('a.txt', 'one', { directory })
  await expect(redacted('a.txt', 'two', { directory })).rejects.toMatchObject({ code: 'REDACT_EXISTS' })
  expect(readFileSync(join(directory, 'a.txt'), 'utf8')).toBe('one')
  const aborted = join(folder, 'aborted')
  await expect(
    redacted('a.txt', 'x', { directory: aborted, signal: AbortSignal.abort(new Error('stopped')) }),
  ).rejects.toThrow('stopped')
  expect(existsSync(aborted) ? readdirSync(aborted) : []).toEqual([])
})
