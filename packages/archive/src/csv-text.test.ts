import { encodeCsvRows } from '@custody/sinks'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Cell, csvRow } from './csv-text.ts'

const awkward = fc.constantFrom('"', ',', '\r', '\n', '=', '+', '-', '@', '\t', ' ', '＝', '\u2028', '\uFEFF', 'a')
const cell: fc.Arbitrary<Cell> = fc.oneof(
  fc.string({ unit: awkward }),
  fc.string(),
  fc.boolean(),
  fc.integer(),
  fc.constant(null),
)

test('a row is always the very row that the writer makes', () => {
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 5 }), (cells) => {
      const columns = cells.map((value, index) => ({ name: `c${index}`, description: '', cell: () => value }))
      expect(csvRow(cells)).toBe(encodeCsvRows(columns, [0]))
    }),
    { numRuns: 2_000 },
  )
})
