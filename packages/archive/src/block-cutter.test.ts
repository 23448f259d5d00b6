import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BlockCutter } from './block-cutter.ts'
import { BlockMemory } from './block-memory.ts'
import type { LineBlock } from './line-block.ts'
import { LineReader } from './line-reader.ts'
import { LINE_MAX_BYTES } from './read-block.ts'
import { linesOf } from './testing/blocks.ts'

const path = 'data/conversations/part-00001.jsonl'

/** Cuts pieces that come in the same memory, one after the other. Blocks are kept until the next is taken, then given back. */
function cut(
  pieces: readonly Buffer[],
  isWhole: boolean,
  memory: BlockMemory,
): [lines: (Buffer | null)[], end: number] {
  const cutter = new BlockCutter(path, 7, memory)
  const lines: (Buffer | null)[] = []
  const take = (blocks: readonly LineBlock[]): void => {
    for (const block of blocks) {
      expect([block.path, block.line, block.index]).toEqual([path, lines.length + 1, lines.length + 7])
      expect(block.sizes.length).toBeGreaterThan(0)
      lines.push(...linesOf(block))
      memory.giveLines(block.bytes)
    }
  }
  for (const piece of pieces) {
    const passing = Buffer.from(piece)
    cutter.push(passing)
    passing.fill(0xee)
    take(cutter.take())
  }
  if (isWhole) cutter.end()
  take(cutter.rest())
  return [lines, cutter.nextIndex]
}

/** The same by what cuts every other file. */
function expected(pieces: readonly Buffer[], isWhole: boolean): (Buffer | null)[] {
  const lines: (Buffer | null)[] = []
  const reader = new LineReader(
    LINE_MAX_BYTES,
    (line) => lines.push(line),
    () => lines.push(null),
  )
  for (const piece of pieces) reader.push(piece)
  if (isWhole) reader.end()
  return lines
}

// Around the size of a block, the size of its memory, and empty.
const size = fc.oneof(fc.nat({ max: 40 }), fc.constantFrom(0, 524_287, 524_288, 524_289, 1_048_576, 2_500_000))
const piece = fc
  .array(fc.tuple(size, fc.constantFrom(0x0a, 0x61)), { maxLength: 8 })
  .map((parts) => Buffer.concat(parts.map(([length, last]) => Buffer.alloc(length + 1, 0x78).fill(last, length))))

test('blocks hold every line, once and in order, wherever the pieces were cut, in memory that is used again', () => {
  const memory = new BlockMemory()
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 5 }), fc.boolean(), (pieces, isWhole) => {
      const [lines, end] = cut(pieces, isWhole, memory)
      const whole = expected(pieces, isWhole)
      expect(lines.map((line) => line?.length)).toEqual(whole.map((line) => line?.length))
      expect(lines.every((line, at) => line?.equals(whole[at] ?? Buffer.of()))).toBe(true)
      expect(end).toBe(7 + whole.length)
    }),
    { numRuns: 100 },
  )
})

test('of many short lines there is more than one block', () => {
  const [lines] = cut([Buffer.alloc(2_001, '\n')], true, new BlockMemory())
  expect(lines).toEqual(Array.from({ length: 2_001 }, () => Buffer.from('\n')))
})

test.each([
  [0, 'is kept'],
  [1, 'is counted, and what comes behind it is kept'],
])('a line %i bytes longer than the longest %s', (over) => {
  const line = Buffer.alloc(LINE_MAX_BYTES + over, 'x').fill('\n', LINE_MAX_BYTES + over - 1)
  const pieces = [Buffer.from('a\n'), line.subarray(0, 1_000_000), line.subarray(1_000_000), Buffer.from('b\nc')]
  const [lines, end] = cut(pieces, true, new BlockMemory())
  expect(lines.map((each) => each?.length ?? null)).toEqual([2, over === 0 ? line.length : null, 2, 1])
  expect(end).toBe(7 + 4)
})
