import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CsvCell, CsvCutter, delimiterOf, encodeCell } from './csv-cells.ts'

/** All cells of a text that comes in pieces. */
function cut(pieces: readonly string[], delimiter = ','): readonly CsvCell[] | string {
  const cutter = new CsvCutter(delimiter, 1000)
  const cells: CsvCell[] = []
  for (const [index, piece] of [...pieces, ''].entries()) {
    const found = cutter.push(piece, index === pieces.length)
    if ('what' in found) return found.what
    cells.push(...found)
  }
  return cells
}

const rows = fc.array(
  fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '\u{1f600}') }), { minLength: 1 }),
  {
    minLength: 1,
  },
)

test('whatever was encoded is read again, wherever the text is cut into pieces, and written back byte for byte', () => {
  fc.assert(
    fc.property(rows, fc.constantFrom('\n', '\r\n'), fc.integer({ min: 1, max: 9 }), (table, end, size) => {
      const text = table.map((row) => row.map((value) => encodeCell(value, ',')).join(',')).join(end) + end
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
      const cells = cut(pieces)
      if (typeof cells === 'string') throw new Error(cells)
      expect(cells.map(({ raw, end: after }) => raw + after).join('')).toBe(text)
      const read: string[][] = []
      for (const { row, column, value } of cells) read[row] = [...(read[row] ?? []).slice(0, column), value]
      expect(read).toEqual(table)
    }),
  )
})

test('a last row without a line end, and an empty last cell', () => {
  expect(cut(['a,b'])).toHaveLength(2)
  expect(cut(['a,'])).toHaveLength(2)
  expect(cut(['a\n'])).toHaveLength(1)
  expect(cut([''])).toEqual([])
})

test('what is no CSV is told', () => {
  expect(cut(['"a"b,c'])).toContain('after a closing quote')
  expect(cut(['"a'])).toContain('never closed')
  expect(cut(['x'.repeat(1001)])).toContain('more than 1000 characters')
})

test('the delimiter is the one that stands in the header most often, outside of quotes', () => {
  expect(delimiterOf('a;b;"c,d,e,f"')).toBe(';')
  expect(delimiterOf('a\tb')).toBe('\t')
  expect(delimiterOf('alone')).toBe(',')
})
