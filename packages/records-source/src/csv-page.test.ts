import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCsvPage } from './csv-page.ts'
import { outlyingSessionType, recordType } from './wire.ts'

const type = recordType('Thing', ['Name', 'Note'], ['Count'])
const quoted = (cells: readonly string[]): string => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')

test('gives the text of every cell, whatever it is, and null for none', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('"', '""', ',', '\r\n', '\n', '\r', '=1', '\uFEFF'),
  )
  const row = fc.record({ Id: text, Name: text, Note: text })
  const end = fc.constantFrom('\n', '\r\n')
  fc.assert(
    fc.property(fc.array(row), end, fc.boolean(), (rows, end, ended) => {
      const lines = [type.fields, ...rows.map(({ Id, Name, Note }) => [Id, Name, Note, '7'])].map(quoted)
      expect(readCsvPage(type, lines.join(end) + (ended ? end : ''), 'page')).toEqual(
        rows.map(({ Id, Name, Note }) => ({ Id: Id || null, Name: Name || null, Note: Note || null, Count: 7 })),
      )
    }),
  )
})

test.each([
  ['12', 12],
  ['12.0', 12],
  ['-1', -1],
  ['', null],
  ['1e3', '1e3'],
  [' 1', ' 1'],
  ['12345678901234567890', '12345678901234567890'],
])('a number of %j is %j', (cell, value) => {
  expect(readCsvPage(type, `Id,Name,Note,Count\n1,,,"${cell}"\n`, 'page')).toMatchObject([{ Count: value }])
})

test('parents are nested', () => {
  const page = `${quoted(outlyingSessionType.fields)}\n"0Mw1","0dw1","c","","2026-10-01T00:00:00.000Z",""\n`
  expect(readCsvPage(outlyingSessionType, page, 'page')).toEqual([
    {
      Id: '0Mw1',
      ConversationId: '0dw1',
      Conversation: {
        ConversationIdentifier: 'c',
        ConversationChannelId: null,
        StartTime: '2026-10-01T00:00:00.000Z',
        EndTime: null,
      },
    },
  ])
})
