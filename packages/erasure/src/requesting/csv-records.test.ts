import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { csvRecords } from './csv-records.ts'

const cell = fc.string({ unit: fc.constantFrom('a', 'b', '"', ',', ';', ' ', '\n', 'ü', "'", '='), maxLength: 12 })
const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 8 })
const delimiters = fc.constantFrom(',', ';', '\t')

function write(table: readonly (readonly string[])[], delimiter: string, end = '\n'): string {
  return stringify([...table], { delimiter, record_delimiter: end })
}

describe('what was written is read', () => {
  test('any cells, any delimiter, with the line on which each row begins', () => {
    fc.assert(
      fc.property(rows, delimiters, (table, delimiter) => {
        const filled = table.map(([first, ...rest]) => [`x${first}`, ...rest])
        const read = [...csvRecords(write(filled, delimiter), delimiter)]
        let line = 1
        const expected = filled.map((cells) => {
          const at = line
          line += 1 + cells.join('').split('\n').length - 1
          return { line: at, cells }
        })
        expect(read).toEqual(expected)
      }),
    )
  })

  test.each(['\n', '\r\n', '\r'])('line ends of any kind: %j', (end) => {
    expect([...csvRecords(['a,b', '', '1,2', ''].join(end), ',')]).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 3, cells: ['1', '2'] },
    ])
  })
})

describe('a row that is none costs no other', () => {
  test.each([
    // It ends at the next quote there is: nothing that follows one there parts two cells.
    ['x"y,1', 'quote-misplaced'],
    ['"never closed,1', 'quote-misplaced'],
    ['"x"y,1', 'quote-misplaced'],
    ['x"y"z,1', 'quote-misplaced'],
    [`${'x'.repeat(32_768)},1`, 'row-too-long'],
  ])('%.20s: %s', (bad, fault) => {
    expect([...csvRecords(`a,b\n1,2\n${bad}\n3,4\n"5\n6",7`, ',')]).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1', '2'] },
      { line: 3, fault },
      { line: 4, cells: ['3', '4'] },
      { line: 5, cells: ['5\n6', '7'] },
    ])
  })

  test('a quote that no other one follows', () => {
    expect([...csvRecords('a,b\n"1,2\n3,4', ',')]).toEqual([
      { line: 1, cells: ['a', 'b'] },
      { line: 2, fault: 'quote-not-closed' },
      { line: 3, cells: ['3', '4'] },
    ])
  })

  test('every line is a row, part of one, empty, or told of', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '"\n"', 'b,c'), maxLength: 60 })
    fc.assert(
      fc.property(text, (written) => {
        const lines = written.split('\n')
        let next = 1
        for (const record of csvRecords(written, ',')) {
          for (; next < record.line; next++) expect(lines[next - 1]?.trim()).toBe('')
          next = record.line + ('cells' in record ? record.cells.join('').split('\n').length : 1)
        }
        for (; next <= lines.length; next++) expect(lines[next - 1]?.trim()).toBe('')
      }),
    )
  })

  test('a file of nothing but stray quotes ends in time', () => {
    const read = [...csvRecords('"a,b\n'.repeat(2_001), ',')]
    expect(read.length).toBeGreaterThan(0)
    expect(read.every((record) => 'fault' in record)).toBe(true)
  })
})
