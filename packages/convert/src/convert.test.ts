import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MasterConversation } from '@custody/archive'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { describe, expect, test } from 'vitest'
import { type Converted, type ConvertFormat, type ConvertOptions, convert, convertFormats } from './convert.ts'
import { conversation, each, entry, hostile, since } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

async function converted(
  conversations: readonly MasterConversation[],
  to: ConvertFormat,
  changes: Partial<ConvertOptions> = {},
): Promise<Converted & { readonly folder: string }> {
  const directory = join(temporaryFolder(), 'out')
  return {
    ...(await convert({ conversations: each(conversations), to, directory, since, ...changes })),
    folder: directory,
  }
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name).slice(folder.length + 1))
    .sort()
const rowsOf = (folder: string, file: string): Record<string, string>[] =>
  parse(readFileSync(join(folder, file)), { columns: true, bom: true })
const table = (folder: string, file: string): Promise<Record<string, unknown>[]> =>
  asyncBufferFromFile(join(folder, file)).then((buffer) => parquetReadObjects({ file: buffer }))
const isFormula = (cell: string): boolean => /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/.test(cell)
const plain = (text: string): string => text.toWellFormed()

/** One conversation for each odd name, with all odd texts in it. */
const odd = hostile.map((name, index) =>
  conversation(index, hostile, {
    identifier: name === '' ? 'empty' : name,
    channelName: name,
    participants: [{ role: 'end-user', displayName: name, recordId: null, joinedAt: null, leftAt: null }],
  }),
)

const someText = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom(...hostile), fc.constant(null))
const some = fc
  .array(fc.array(someText, { maxLength: 5 }), { maxLength: 5 })
  .map((all) => all.map((texts, index) => conversation(index, texts)))

describe('csv', () => {
  test('has a row a message and a row a conversation, and no cell that runs', async () => {
    await fc.assert(
      fc.asyncProperty(some, fc.boolean(), async (conversations, csvBom) => {
        const { folder, messages } = await converted(conversations, 'csv', { csvBom })
        const rows = rowsOf(folder, 'messages.csv')
        const sent = conversations.flatMap(({ entries }) => entries.filter(({ kind }) => kind === 'message'))
        expect(rows.map((row) => row['entry_id'])).toEqual(sent.map(({ entryId }) => entryId))
        expect(messages).toBe(rows.length)
        for (const [index, row] of rows.entries()) {
          const text = plain(sent[index]?.text ?? '')
          expect(row['text']).toBe(isFormula(text) ? `'${text}` : text)
          for (const cell of Object.values(row)) expect(isFormula(cell)).toBe(false)
        }
        const all = rowsOf(folder, 'conversations.csv')
        expect(all.map((row) => row['conversation'])).toEqual(conversations.map(({ identifier }) => identifier))
        expect(all.reduce((sum, row) => sum + Number(row['messages']), 0)).toBe(messages)
        expect(readFileSync(join(folder, 'messages.csv')).subarray(0, 3).toString() === '\uFEFF').toBe(csvBom)
      }),
      { numRuns: 30 },
    )
  })

  test.each([
    [4, 1],
    [5, 1],
    [6, 2],
    [10, 2],
    [11, 3],
  ])('of %i messages, five a file, makes %i files', async (messages, files) => {
    const texts = Array.from({ length: messages }, (_, index) => `text ${index}`)
    const { folder } = await converted([conversation(1, texts)], 'csv', { rowsPerFile: 5 })
    const names = filesOf(folder).filter((file) => file.startsWith('messages'))
    expect(names).toHaveLength(files)
    const ordered = names.sort((a, b) => a.length - b.length)
    expect(ordered.flatMap((file) => rowsOf(folder, file).map((row) => row['text']))).toEqual(texts)
  })

  test('says of texts that no cell holds', async () => {
    const { longTexts } = await converted([conversation(1, ['x'.repeat(32_767), 'x'.repeat(32_768)])], 'csv')
    expect(longTexts).toBe(1)
  })
})

test('parquet has every entry, text verbatim, in row groups of bounded size', async () => {
  const many = conversation(
    99,
    Array.from({ length: 20_050 }, (_, index) => `text ${index}`),
  )
  const { folder, entries } = await converted([...odd, many], 'parquet')
  const rows = await table(folder, 'entries.parquet')
  expect(rows).toHaveLength(entries)
  const expected = [...odd, many].flatMap((each) => each.entries.map(({ text }) => text?.toWellFormed() ?? null))
  expect(rows.map((row) => row['text'] ?? null)).toEqual(expected)
  expect(rows[0]?.['sent_at']).toEqual(new Date('2026-10-05T10:11:12.345Z'))
  const all = await table(folder, 'conversations.parquet')
  expect(all.map((row) => row['conversation'])).toEqual([...odd, many].map(({ identifier }) => plain(identifier)))
  expect(all.at(-1)).toMatchObject({ entries: 20_051, messages: 20_050, continued_before: false, end_time: null })
})

describe('one file a conversation', () => {
  test.each(['txt', 'html', 'eml'] as const)(
    '%s: every conversation has one, named safely, and index.csv has whose',
    async (to) => {
      const { folder, files } = await converted(odd, to)
      const names = filesOf(folder)
      expect(names).toHaveLength(files)
      const index = rowsOf(folder, 'index.csv')
      expect(index.map(({ file }) => file)).toEqual(names.filter((file) => file !== 'index.csv'))
      for (const name of names)
        expect(name).toMatch(/^(?:0000\/\d{7}(?:-[A-Za-z0-9][A-Za-z0-9_-]*)?\.(?:txt|html|eml)|index\.csv)$/)
      expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length)
    },
  )

  test('identifiers that differ by case alone are two files; a thousand fill a folder', async () => {
    const all = Array.from({ length: 1_001 }, (_, index) =>
      conversation(index, [], { identifier: index % 2 === 0 ? 'Same' : 'sAME' }),
    )
    const names = filesOf((await converted(all, 'txt')).folder)
    expect(names.slice(0, 2)).toEqual(['0000/0000001-Same.txt', '0000/0000002-sAME.txt'])
    expect(names.at(-2)).toBe('0001/0001001-Same.txt')
  })

  test('nothing that somebody wrote begins a line of a transcript', async () => {
    const { folder } = await converted(odd, 'txt')
    for (const name of filesOf(folder).filter((file) => file.endsWith('.txt'))) {
      const text = readFileSync(join(folder, name), 'utf8')
      const head =
        /^(?:Conversation {2}|Channel {7}|Times {9}|2026-10-05T10:11:12\.345Z {2}(?:Ana \(agent\)|end-user|system)$|$)/
      for (const line of text.split('\n')) if (!line.startsWith('    ')) expect(line).toMatch(head)
      expect(text.replaceAll(/[\n\t]/g, '')).not.toMatch(/\p{Cc}|[\u202A-\u202E\u2066-\u2069]/u)
    }
  })

  test('nothing that somebody wrote is HTML', async () => {
    const { folder } = await converted(odd, 'html')
    for (const name of filesOf(folder).filter((file) => file.endsWith('.html'))) {
      const page = readFileSync(join(folder, name), 'utf8')
      const tags = new Set(page.match(/<\/?[a-z0-9!]+/gi))
      for (const tag of tags)
        expect(tag).toMatch(/^<\/?(?:!doctype|html|head|meta|title|style|body|main|h1|p|ol|li|time)$/)
      expect(page.match(/<[^>]*\s(?:on\w+|style|href|src)=/gi)).toBeNull()
    }
  })

  test('files, buttons and answers are told', async () => {
    const option = { id: '1', title: 'Yes', subtitle: 'of course' }
    const file = { sha256: 'a'.repeat(64), size: 1, mimeType: 'application/pdf' }
    const attachment = { name: 'bill.pdf', mimeType: null, url: null, id: null, file }
    const entries = [
      entry('1', 'agent', null, { type: 'buttons', options: [option] }),
      entry('2', 'end-user', null, { type: 'choice', selected: [option] }),
      entry('3', 'end-user', null, { type: 'attachments', attachments: [attachment] }),
    ]
    const { folder, attachments } = await converted([conversation(1, [], { entries })], 'txt')
    const text = readFileSync(join(folder, '0000/0000001-conversation-1.txt'), 'utf8')
    for (const part of [
      '[button: Yes, of course]',
      '[chosen: Yes, of course]',
      `[file: bill.pdf, application/pdf, SHA-256 ${file.sha256}]`,
    ]) {
      expect(text).toContain(`    ${part}\n`)
    }
    expect(attachments).toBe(1)
  })
})

/** Reads e-mails as Python does, which is no code of ours: headers and the text of each. */
const readMail = `
import email, email.policy, json, pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.eml")):
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    parts = [part.get_content_type() for part in mail.walk()]
    text = mail.get_body(("plain",)).get_content()
    page = mail.get_body(("html",)).get_content()
    defects = [str(d) for part in mail.walk() for d in part.defects]
    print(json.dumps({"headers": mail.keys(), "to": [a.addr_spec for a in mail["to"].addresses], "from": [a.addr_spec for a in mail["from"].addresses],
      "subject": mail["subject"], "date": mail["date"].datetime.isoformat(), "parts": parts, "text": text, "page": page, "defects": defects}))
`

test('e-mails are read by others: the same headers in each, the transcript as text and page', async () => {
  const mails = await converted(odd, 'eml')
  const texts = await converted(odd, 'txt')
  const read = execFileSync('python3', ['-c', readMail, mails.folder], { encoding: 'utf8', maxBuffer: 2 ** 26 })
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(read).toHaveLength(odd.length)
  const transcripts = filesOf(texts.folder).filter((file) => file.endsWith('.txt'))
  for (const [index, mail] of read.entries()) {
    expect(mail).toMatchObject({
      to: ['channel@conversation.invalid'],
      from: ['end-user@conversation.invalid'],
      date: '2026-10-05T10:11:12+00:00',
      parts: ['multipart/alternative', 'text/plain', 'text/html'],
      defects: [],
      text: readFileSync(join(texts.folder, transcripts[index] ?? ''), 'utf8'),
    })
    expect(mail.headers.map((name: string) => name.toLowerCase()).sort()).toEqual([
      'content-type',
      'date',
      'from',
      'message-id',
      'mime-version',
      'subject',
      'to',
      'x-conversation-identifier',
    ])
    expect(mail.page).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/)
    expect(mail.subject).toMatch(/^Conversation /)
  }
})

describe.each(convertFormats)('%s', (to) => {
  test('is the same bytes again', async () => {
    const [first, second] = [await converted(odd, to), await converted(odd, to)]
    const bytes = (folder: string): Record<string, string> =>
      Object.fromEntries(filesOf(folder).map((file) => [file, readFileSync(join(folder, file)).toString('base64')]))
    expect(bytes(first.folder)).toEqual(bytes(second.folder))
  })

  test('of no conversation is a folder that says so', async () => {
    const { folder, ...counts } = await converted([], to)
    expect(counts).toMatchObject({ conversations: 0, entries: 0, messages: 0, attachments: 0 })
    expect(filesOf(folder).length).toBe(counts.files)
    expect(counts.files).toBeGreaterThan(0)
  })

  test('leaves nothing behind where reading fails, or is stopped', async () => {
    const place = temporaryFolder()
    const failing = async function* (): AsyncGenerator<MasterConversation> {
      yield* odd
      throw new Error('the disk went away')
    }
    const stop = new AbortController()
    const options = { to, directory: join(place, 'out'), since }
    await expect(convert({ ...options, conversations: failing() })).rejects.toThrow('the disk went away')
    const stopping = convert({
      ...options,
      conversations: each(odd),
      signal: stop.signal,
      onConversation: (number) => number === 3 && stop.abort(),
    })
    await expect(stopping).rejects.toThrow('aborted')
    expect(readdirSync(place)).toEqual([])
  })
})

describe('the folder', () => {
  test('may be there and empty, and nothing else', async () => {
    const place = temporaryFolder()
    const directory = join(place, 'out')
    mkdirSync(directory)
    await convert({ conversations: each(odd), to: 'csv', directory, since })
    await expect(convert({ conversations: each(odd), to: 'csv', directory, since })).rejects.toMatchObject({
      code: 'CONVERT_FOLDER',
      kind: 'refused',
    })
    writeFileSync(join(place, 'file'), 'x')
    await expect(
      convert({ conversations: each(odd), to: 'csv', directory: join(place, 'file'), since }),
    ).rejects.toMatchObject({
      code: 'CONVERT_FOLDER',
    })
    expect(readdirSync(place).sort()).toEqual(['file', 'out'])
  })

  test('is not touched by wrong options', async () => {
    const directory = join(temporaryFolder(), 'out')
    const conversations = each([])
    await expect(convert({ conversations, to: 'pdf' as 'csv', directory, since })).rejects.toMatchObject({
      code: 'CONVERT_FORMAT',
    })
    await expect(convert({ conversations, to: 'csv', directory, since, rowsPerFile: 0 })).rejects.toMatchObject({
      code: 'CONVERT_ROWS',
    })
    expect(existsSync(directory)).toBe(false)
  })
})
