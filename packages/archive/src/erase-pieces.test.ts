import { encodeCsvRows } from '@custody/sinks'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { csvCells, type Edit, edited, firstCell, RowReader } from './erase-pieces.ts'
import { TokenSearch } from './erase-tokens.ts'

const cell = fc.oneof(fc.stringMatching(/^[",\r\n a-c]{0,8}$/), fc.string({ unit: 'grapheme', maxLength: 5 }))
const table = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { maxLength: 6 })
const columns = [0, 1, 2].map((at) => ({ name: `${at}`, description: '', cell: (row: string[]) => row[at] ?? '' }))

const encode = (rows: string[][]): Buffer => Buffer.from(encodeCsvRows(columns, rows))

/** What cuts come out when the bytes come in pieces of this size. */
function rowsOf(bytes: Buffer, size: number): Buffer[] {
  const rows: Buffer[] = []
  const reader = new RowReader(
    1_000,
    (row) => void rows.push(Buffer.from(row)),
    () => {
      throw new Error('too long')
    },
  )
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size))
  reader.end()
  return rows
}

describe('a table', () => {
  test('is cut into exactly the rows that were written, however its bytes come', () => {
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 40 }), (rows, size) => {
        expect(rowsOf(encode(rows), size)).toEqual(rows.map((row) => encode([row])))
      }),
    )
  })

  test('gives back the cells that were written', () => {
    fc.assert(
      fc.property(table, (rows) => {
        for (const row of rows) {
          const [encoded = Buffer.alloc(0)] = rowsOf(encode([row]), 7)
          const cells = csvCells(encoded.toString())
          expect(cells).toHaveLength(3)
          expect(encode([cells])).toEqual(encoded)
          expect(firstCell(encoded)).toBe(cells[0])
        }
      }),
    )
  })

  test.each(['', '"', '"a', 'a"b,c', '""', ',', '"a"b,c\n', 'a,b'])(
    'of another kind, %j, ends all the same',
    (text) => {
      expect(Buffer.concat(rowsOf(Buffer.from(text), 1)).toString()).toBe(text)
      expect(csvCells(text).length).toBeGreaterThan(0)
      expect(typeof firstCell(Buffer.from(text))).toBe('string')
    },
  )
})

test.each(['lines', 'rows'] as const)('%s that an edit leaves alone leave byte for byte', async (form) => {
  const lines = fc.array(fc.stringMatching(/^[a-z]{0,9}$/), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(lines, fc.integer({ min: 1, max: 30 }), async (texts, size) => {
      const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''))
      const run = async (edit: Edit): Promise<string> => {
        const out: Buffer[] = []
        for await (const piece of edited('x', chunksOf(bytes, size), form, edit)) out.push(piece)
        return Buffer.concat(out).toString()
      }
      expect(await run((piece) => piece)).toBe(bytes.toString())
      const kept = texts.filter((text) => !text.includes('a'))
      expect(await run((piece) => (piece.includes('a') ? null : piece))).toBe(kept.map((text) => `${text}\n`).join(''))
    }),
  )
})

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

describe('a search for tokens', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9_-]{8,12}$/)
  const around = fc.oneof(
    fc.constantFrom('\n', '\\', '"', ' ', '\u2028', 'é', '\u0001', '/', '\ud800'),
    fc.string({ unit: 'binary', maxLength: 4 }),
  )

  test('finds in JSON just the words that stand in the text it was made of', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(around, word)), fc.array(word), (pairs, others) => {
        const text = `${pairs.map((pair) => pair.join('')).join('\n')}\n`
        const wanted = new Set([...pairs.map(([, each]) => each), ...others])
        const expected = (text.match(/[A-Za-z0-9_-]+/g) ?? []).filter((each) => wanted.has(each))
        expect(new TokenSearch(wanted).find(Buffer.from(JSON.stringify({ text })))).toEqual(expected)
      }),
    )
  })

  test('finds nothing where nothing is wanted, and a word at the very end', () => {
    expect(new TokenSearch(new Set()).find(Buffer.from('"abcdefgh"'))).toEqual([])
    expect(new TokenSearch(new Set(['abcdefgh'])).find(Buffer.from('x abcdefgh'))).toEqual(['abcdefgh'])
    expect(new TokenSearch(new Set(['abcdefgh'])).find(Buffer.from('abcdefgh\\'))).toEqual(['abcdefgh'])
  })
})
