import type { Entry } from '@custody/model'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  conversationsTable,
  entriesTable,
  entryRows,
  participantRows,
  participantsTable,
} from './conversation-tables.ts'
import { type CsvColumn, encodeCsvHeader, encodeCsvRows, encodeCsvTable, neutraliseFormula } from './csv-table.ts'
import { parseCsv } from './testing/parse-csv.ts'
import { sampleConversation, sampleEntry } from './testing/sample-conversation.ts'

type Row = readonly [string | number | boolean | null, string | null]

const columns: readonly CsvColumn<Row>[] = [
  { name: 'first', description: 'First', cell: ([first]) => first },
  { name: 'second', description: 'Second', cell: ([, second]) => second },
]

test('rows end with CRLF; quotes stand only where needed; null is an empty cell', () => {
  expect(encodeCsvHeader(columns)).toBe('first,second\r\n')
  expect(
    encodeCsvRows(columns, [
      ['a', 'b c'],
      [null, ''],
      ['a"b', 'c,d'],
      ['a\nb', 'c\rd'],
    ]),
  ).toBe('a,b c\r\n,\r\n"a""b","c,d"\r\n"a\nb","c\rd"\r\n')
  expect(encodeCsvRows(columns, [])).toBe('')
})

test('a byte order mark stands first when asked for', () => {
  expect(Buffer.from(encodeCsvHeader(columns, { bom: true })).subarray(0, 4)).toEqual(
    Buffer.from('\xEF\xBB\xBFf', 'latin1'),
  )
})

test.each(['=', '+', '-', '@', '\t', '\r', '\n', '\uFF1D', '\uFF0B', '\uFF0D', '\uFF20'])(
  'text that begins with %j is not run by a spreadsheet',
  (sign) => {
    expect(neutraliseFormula(`${sign}1+1`)).toBe(`'${sign}1+1`)
    expect(parseCsv(encodeCsvRows(columns, [[`${sign}HYPERLINK("x")`, null]]))).toEqual([
      [`'${sign}HYPERLINK("x")`, ''],
    ])
  },
)

test('numbers and booleans of ours are no formulas', () => {
  expect(
    encodeCsvRows(columns, [
      [-1, null],
      [true, null],
      [false, null],
      [0, null],
    ]),
  ).toBe('-1,\r\ntrue,\r\nfalse,\r\n0,\r\n')
})

test('every text comes back from a strict reader, but for the apostrophe', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab,"\'\r\n\t=+-@;', '\u{1F600}', 'ä') })
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text)), (rows) => {
      const encoded = encodeCsvRows(columns, rows)
      expect(parseCsv(encoded)).toEqual(rows.map((row) => row.map(neutraliseFormula)))
      // The same bytes as from an encoder that many use.
      const quoting = { record_delimiter: 'windows', quote_record_delimiter: true } as const
      expect(encoded).toBe(stringify(rows, { ...quoting, cast: { string: neutraliseFormula } }))
    }),
  )
})

test('the tables of conversations have a cell for every column, and no column twice', () => {
  const conversation = sampleConversation({
    entries: [
      sampleEntry(),
      sampleEntry({ entryId: 'e-2', kind: 'typing', content: { type: 'modality', active: ['x'] } }),
    ],
  })
  expect(parseCsv(encodeCsvRows(conversationsTable.columns, [conversation]))).toEqual([
    ['c-1', '', 'Shop', 'WhatsApp', '2026-10-01T08:00:00.000Z', '', 'false', 'true', '1', '1', '2', '1'].concat([
      '2026-10-01T08:00:01.000Z',
      '2026-10-01T08:00:01.000Z',
    ]),
  ])
  const entries = parseCsv(encodeCsvRows(entriesTable.columns, entryRows(conversation)))
  expect(entries.map(([identifier, position, entryId]) => [identifier, position, entryId])).toEqual([
    ['c-1', '1', 'e-1'],
    ['c-1', '2', 'e-2'],
  ])
  expect(entries[1]).toContain('{"type":"modality","active":["x"]}')
  expect(parseCsv(encodeCsvRows(participantsTable.columns, participantRows(conversation)))).toEqual([
    ['c-1', 'end-user', 'Guest', '', '', ''],
  ])
  for (const { columns } of [conversationsTable, entriesTable, participantsTable]) {
    expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length)
    for (const { name, description } of columns)
      expect([name, description]).toEqual([expect.stringMatching(/^[a-z_]+$/), expect.stringMatching(/./)])
  }
})

test('entries written by hand are the very rows that the columns make', () => {
  const awkward = fc.string({ unit: fc.constantFrom(...'ab,"\'\r\n\t=+-@; ', '\u{1F600}', 'ä', '\uFF1D', '\ud800') })
  const sender = fc.record({
    role: fc.constantFrom('end-user', 'agent', 'other'),
    displayName: fc.option(awkward),
    appType: fc.option(awkward),
    subject: fc.option(awkward),
  })
  const entry = fc.record({
    entryId: awkward,
    sentAt: fc.oneof(awkward, fc.constantFrom('2026-10-01T08:00:01.000Z', '-000001-01-01T00:00:00.000Z')),
    clientAt: fc.option(awkward),
    entryType: awkward,
    text: fc.option(awkward),
    content: fc.option(awkward.map((name) => ({ type: 'template', name }) as const)),
    relatedRecords: fc.array(awkward, { maxLength: 3 }),
    kind: fc.constantFrom('message', 'typing'),
    source: fc.constantFrom('conversation-data', 'connect'),
    sender,
  })
  fc.assert(
    fc.property(awkward, fc.array(entry, { maxLength: 3 }), (identifier, entries) => {
      const conversation = sampleConversation({
        identifier,
        entries: entries.map((each) => sampleEntry(each as Partial<Entry>)),
      })
      const rows = entryRows(conversation)
      expect(encodeCsvTable(entriesTable, rows)).toBe(encodeCsvRows(entriesTable.columns, rows))
    }),
    { numRuns: 2_000 },
  )
})
