import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultLimits } from './limits.ts'
import { defaultMapping, type ExportMapping } from './mapping.ts'
import type { MalformedRow, Row } from './row.ts'
import { maybeTable, openTable } from './table.ts'
import { chunkedFile } from './testing/chunked-file.ts'

const never = new AbortController().signal

async function read(
  text: string | Buffer,
  options: { mapping?: Partial<ExportMapping>; chunk?: number; rowBytes?: number } = {},
) {
  const { mapping, chunk = 1 << 20, rowBytes = defaultLimits.rowBytes } = options
  const file = chunkedFile('part.zip/t.csv', Buffer.from(text as string), chunk)
  const table = await openTable(file, { ...defaultMapping, ...mapping }, { ...defaultLimits, rowBytes }, never)
  if (!table) return null
  const rows: (Row | MalformedRow)[] = []
  for await (const lot of table.rows) for (const row of lot) rows.push(row)
  await table.close()
  return { ...table, rows }
}

const objects = (rows: readonly (Row | MalformedRow)[] = []): unknown[] =>
  rows.map((row) =>
    'problem' in row ? row.problem : Object.fromEntries(row.names.map((name, place) => [name, row.values[place]])),
  )

describe('CSV', () => {
  test.each([',', ';', '\t'])('with %j between, quoted newlines, quotes and delimiters in cells', async (delimiter) => {
    const cell = fc.string({
      unit: fc.constantFrom('a', '"', ',', ';', '\t', '\n', '\r', 'é', '😀', ' '),
      maxLength: 8,
    })
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell), { maxLength: 8 }),
        fc.integer({ min: 1, max: 40 }),
        async (cells, chunk) => {
          const lines = [['one', 'two', 'three'], ...cells].map((row) => row.map(quoted).join(delimiter))
          const table = await read(lines.join('\r\n'), { chunk })
          expect(table).toMatchObject({ format: 'csv', delimiter, encoding: 'utf-8', names: ['one', 'two', 'three'] })
          expect(table?.rows.map((row) => ('values' in row ? row.values : null))).toEqual(cells)
        },
      ),
    )
  })

  test('a row of another length is malformed; the others are read', async () => {
    const table = await read('a,b\n1,2\n3\n4,5,6\n8,9\n')
    expect(table?.rows.map(({ number }) => number)).toEqual([1, 2, 3, 4])
    expect(objects(table?.rows)).toEqual([
      { a: '1', b: '2' },
      'It has 1 cells, the header has 2.',
      'It has 3 cells, the header has 2.',
      { a: '8', b: '9' },
    ])
  })

  test('a quote in the wrong place is an error, unless there are no quotes', async () => {
    for (const row of ['"x"y,7', 'x "y",7']) {
      await expect(read(`a,b\n1,2\n${row}\n`)).rejects.toMatchObject({
        code: 'EXPORT_FILE_MALFORMED',
        message: expect.stringMatching(/behind row 1 /),
      })
      const table = await read(`a,b\n1,2\n${row}\n`, { mapping: { quote: null } })
      expect(table?.rows[1]).toMatchObject({ values: row.split(',') })
    }
  })

  test('a quote that is never closed is a file that was cut', async () => {
    await expect(read('a,b\n1,"two')).rejects.toMatchObject({ code: 'EXPORT_FILE_MALFORMED' })
  })

  test('a row beyond the limit', async () => {
    await expect(read(`a,b\n1,"${'x'.repeat(2000)}"\n`, { rowBytes: 1000 })).rejects.toMatchObject({
      code: 'EXPORT_FILE_MALFORMED',
    })
  })

  test('with nothing, a header only, an empty line', async () => {
    expect(await read('')).toMatchObject({ format: 'csv', names: [], rows: [] })
    expect(await read('a,b')).toMatchObject({ names: ['a', 'b'], rows: [] })
    expect(objects((await read('a,b\n\n1,2\n\n'))?.rows)).toEqual([{ a: '1', b: '2' }])
  })

  test('with the delimiter that a mapping names', async () => {
    expect((await read('a|b,c\n1|2\n', { mapping: { delimiter: '|' } }))?.names).toEqual(['a', 'b,c'])
  })

  test('a column called __proto__ is one', async () => {
    expect((await read('__proto__,b\n1,2\n'))?.rows).toMatchObject([{ names: ['__proto__', 'b'], values: ['1', '2'] }])
  })
})

describe('encodings', () => {
  const text = 'Id,Text\n1,"Grüße 😀"\n'
  const swapped = Buffer.from(`\ufeff${text}`, 'utf16le').swap16()
  test.each([
    ['utf-8', Buffer.from(text)],
    ['utf-8', Buffer.from(`\ufeff${text}`)],
    ['utf-16le', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['utf-16le', Buffer.from(text, 'utf16le')],
    ['utf-16be', swapped],
    ['utf-16be', swapped.subarray(2)],
  ])('%s, cut anywhere', async (encoding, bytes) => {
    for (const chunk of [1, 2, 3, 7, 1000]) {
      const table = await read(bytes, { chunk })
      expect(table).toMatchObject({ encoding, names: ['Id', 'Text'] })
      expect(objects(table?.rows)).toEqual([{ Id: '1', Text: 'Grüße 😀' }])
    }
  })

  test('bytes that do not fit are an error, until their encoding is named', async () => {
    const bytes = Buffer.from('Id,Text\n1,Gr\xfc\xdfe\n', 'latin1')
    await expect(read(bytes)).rejects.toMatchObject({ code: 'EXPORT_ENCODING' })
    const late = Buffer.concat([Buffer.from(`Id,Text\n${'1,x\n'.repeat(300_000)}`), bytes])
    await expect(read(late)).rejects.toMatchObject({ code: 'EXPORT_ENCODING' })
    await expect(read(Buffer.from('Id,Text\n1,\xe2\x82', 'latin1'))).rejects.toMatchObject({ code: 'EXPORT_ENCODING' })
    const table = await read(bytes, { mapping: { encoding: 'windows-1252' } })
    expect(objects(table?.rows)).toEqual([{ Id: '1', Text: 'Grüße' }])
  })

  test('bytes that are no text are no table', async () => {
    expect(await read(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 1, 0, 0, 7, 0]))).toBeNull()
  })
})

describe('JSON', () => {
  const rows = [
    { conversationIdentifier: 'c1', identifier: 'e1', transcriptedTimestamp: 1, entryPayload: { a: '[{"\\' } },
    { conversationIdentifier: 'c1', identifier: 'e2', transcriptedTimestamp: 2, entryPayload: { b: [1, [2]] } },
  ]
  const nested = [
    { identifier: 'c1', conversationEntries: rows.map(({ conversationIdentifier: _, ...row }) => row) },
    { identifier: 'c2', conversationEntries: [] },
  ]
  const flat = rows.map(({ conversationIdentifier, ...row }) => ({ ...row, conversationIdentifier }))

  test.each([
    ['a list', 'json', JSON.stringify(rows), rows],
    ['a list over many lines', 'json', JSON.stringify(rows, null, 2), rows],
    ['an object with a list', 'json', JSON.stringify({ total: 2, records: rows, done: true }), rows],
    ['an object with two lists', 'json', JSON.stringify({ a: rows.slice(0, 1), b: rows.slice(1) }), rows],
    ['lines', 'ndjson', rows.map((row) => `${JSON.stringify(row)}\n`).join('\n'), rows],
    ['lines without a last end', 'ndjson', rows.map((row) => JSON.stringify(row)).join('\r\n'), rows],
    ['one entry', 'ndjson', JSON.stringify(rows[0]), rows.slice(0, 1)],
    ['conversations with their entries', 'json', JSON.stringify(nested), flat],
    ['one conversation with its entries', 'json', JSON.stringify(nested[0], null, 1), flat],
    ['conversations in lines', 'ndjson', nested.map((one) => `${JSON.stringify(one)}\n`).join(''), flat],
  ])('%s, cut anywhere', async (_, format, text, expected) => {
    for (const chunk of [1, 2, 5, 64, 100_000]) {
      const table = await read(text, { chunk })
      expect(table?.format).toBe(format)
      expect(objects(table?.rows)).toEqual(expected)
      expect(table?.columns.missing).toEqual([])
    }
  })

  test('any values come through', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1 }),
        fc.integer({ min: 1, max: 50 }),
        fc.boolean(),
        async (values, chunk, isPretty) => {
          const list = values.map((value, index) => ({
            ...value,
            id: index,
            conversationId: 'c',
            entryTime: 1,
            text: 'x',
          }))
          const table = await read(JSON.stringify(list, null, isPretty ? 2 : 0), { chunk })
          expect(JSON.stringify(objects(table?.rows))).toBe(JSON.stringify(list))
        },
      ),
    )
  })

  test('beyond what is looked at first, in one list', async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => ({ ...rows[0], identifier: `e${index}` }))
    const table = await read(JSON.stringify({ before: 'x', records: many, after: { y: 1 } }), { chunk: 65_536 })
    expect(table?.rows).toHaveLength(many.length)
    expect(table?.rows.at(-1)?.number).toBe(many.length)
  })

  test('numbers beyond a double keep their digits', async () => {
    const table = await read('[{"conversationId":"c","entryTime":1,"text":"x","n":12345678901234567890}]')
    expect(JSON.stringify(objects(table?.rows))).toContain('12345678901234567890')
  })

  test.each([
    ['a list', '[{"a":1},{"b":'],
    ['a list between elements', '[{"a":1},'],
    ['an object', '{"a":[{"b":1}]'],
    ['a string', '[{"a":"'],
    ['a line', '{"a":1}\n{"b":'],
    ['something behind its end', '[{"a":1}] x'],
    ['two documents', `[{"a":1}][`],
    ['brackets that do not match', '[{"a":1}}'],
    ['a missing element', '[{"a":1},,{"a":2}]'],
  ])('%s that breaks off is an error', async (_, text) => {
    for (const chunk of [1, 1000]) {
      await expect(read(text, { chunk })).rejects.toMatchObject({ code: 'EXPORT_FILE_MALFORMED' })
    }
  })

  test('an element that is no JSON, or no object, is malformed; the others are read', async () => {
    const table = await read('[{"a":1},{"b" 1},3,"x",{"c":2}]')
    expect(objects(table?.rows)).toEqual([
      { a: 1 },
      'It is no JSON.',
      'It is no JSON object.',
      'It is no JSON object.',
      { c: 2 },
    ])
  })

  test('an element beyond the limit', async () => {
    const text = `[{"a":"${'x'.repeat(5000)}"}]`
    await expect(read(text, { rowBytes: 1000, chunk: 100 })).rejects.toMatchObject({ code: 'EXPORT_FILE_MALFORMED' })
    await expect(read(`{"a":1}\n{"a":"${'x'.repeat(5000)}`, { rowBytes: 1000, chunk: 100 })).rejects.toMatchObject({
      code: 'EXPORT_FILE_MALFORMED',
    })
  })
})

test('what may be a table is told by its name', () => {
  const names = ['a.csv', 'x/b.JSON', 'c.ndjson', 'd', 'e.png', '.DS_Store', '__MACOSX/._a.csv', 'a.b/c', 'f.html']
  expect(names.filter(maybeTable)).toEqual(['a.csv', 'x/b.JSON', 'c.ndjson', 'd', 'a.b/c'])
})
