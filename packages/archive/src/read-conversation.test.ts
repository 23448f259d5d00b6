import { type Conversation, parseJson } from '@custody/model'
import {
  conversationsTable,
  encodeConversation,
  encodeCsvRows,
  entriesTable,
  entryRows,
  participantRows,
  participantsTable,
} from '@custody/sinks'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteWriter } from './byte-writer.ts'
import { readConversation, textOf } from './read-conversation.ts'
import { masterTables } from './table-rows.ts'
import { batchOf, sampleConversation, sampleEntry, sourceOf } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { writeArchive } from './testing/write-archive.ts'
import { verify } from './verify.ts'

const salt = 'A'.repeat(43)
const awkward = fc.constantFrom(
  '＝',
  '＠',
  'Å',
  'é',
  '😀',
  '\ud800',
  '\udc00',
  '\u0085',
  '\u2028',
  '\u0007',
  '\\',
  '"',
  '\n',
  '=',
  'a',
  ',',
)
const text = fc.oneof(fc.string({ unit: awkward, maxLength: 8 }), fc.string({ unit: 'binary' }))

function withTexts(texts: readonly string[], identifier: string): Conversation {
  const base = sampleConversation(1, { identifier })
  const [entry] = base.entries
  const at = entry?.sentAt ?? ''
  const payload = parseJson('{"big":12345678901234567890,"exponent":1e400,"9":1,"10":2}')
  return { ...base, entries: texts.map((each, index) => sampleEntry(`${index}`, at, 'agent', { text: each, payload })) }
}

function refuse(code: string): never {
  throw new Error(code)
}

describe('a line as the writer makes it', () => {
  test('is always read, and gives the very rows of the tables', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), text, (texts, identifier) => {
        const conversation = withTexts(texts, identifier)
        const read = readConversation(Buffer.from(`${encodeConversation(conversation, { salt })}\n`), refuse)
        if (!read) throw new Error('not read')
        expect(textOf(read.conversation.identifier, read.encoding)).toBe(identifier)
        const rows = masterTables.map((table) => {
          const written = new ByteWriter()
          table.write(read, written, 1_000_000)
          return Buffer.from(written.done()).toString()
        })
        // What people wrote stands in all of them; lone surrogates are no bytes.
        expect(rows).toEqual(
          [
            encodeCsvRows(conversationsTable.columns, [conversation]),
            encodeCsvRows(entriesTable.columns, entryRows(conversation)),
            encodeCsvRows(participantsTable.columns, participantRows(conversation)),
          ].map((expected) => Buffer.from(expected).toString()),
        )
      }),
      { numRuns: 2_000 },
    )
  })

  test('stands in a valid archive, whatever people wrote', async () => {
    const texts = ['＝1+1', 'Å\u0085', '\ud800 alone', 'a\u2028b', '\u0007', '=cmd', '😀']
    const first = withTexts(texts, '＝identifier Å')
    const result = await writeArchive(temporaryFolder(), sourceOf(batchOf([first, withTexts(['plain'], '\ud800')])))
    expect((await verify(result.path)).findings).toEqual([])
  })
})

test.each<[string, (line: string) => string | Buffer, string]>([
  ['of other spelling', (line) => line.replace('Text', '\\u0054ext'), 'JSON_FORM'],
  ['with a pair of escapes for one character', (line) => line.replace('Text', '\\ud83d\\ude00'), 'JSON_FORM'],
  ['with a raw line separator', (line) => line.replace('Text', '\u0085'), 'JSON_FORM'],
  ['with a number spelled otherwise', (line) => line.replace('"v":1', '"v":1.0'), 'JSON_FORM'],
  ['that is not UTF-8', (line) => Buffer.from(line, 'latin1').fill(0xff, 300, 301), 'LINE_UTF8'],
  ['with a surrogate in UTF-8', (line) => Buffer.from(line.replace('Text', 'í\xa0\x80'), 'latin1'), 'LINE_UTF8'],
  ['nested beyond all stacks', (line) => line.replace('"payload":', `"payload":${'['.repeat(200_000)}`), 'JSON_SYNTAX'],
])('a line %s is refused', (_, change, code) => {
  const line = `${encodeConversation(sampleConversation(1), { salt })}\n`
  const codes: string[] = []
  expect(readConversation(Buffer.from(change(line)), (found) => codes.push(found))).toBeUndefined()
  expect(codes).toEqual([code])
})
