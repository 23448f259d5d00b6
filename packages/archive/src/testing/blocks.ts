import type { LineBlock } from '../line-block.ts'

/** A block of these lines, as the cutter makes it, in memory of its own. Null is a line that was too long to be kept. */
export function blockOf(lines: readonly (Buffer | null)[], index = 0): LineBlock {
  const bytes = new Uint8Array(Buffer.concat(lines.filter((line) => line !== null)))
  const sizes = lines.map((line) => line?.length ?? 0)
  return { path: 'data/conversations/part-00001.jsonl', line: index + 1, index, bytes, sizes }
}

/** The lines of a block, each in memory of its own. */
export function linesOf({ bytes, sizes }: LineBlock): (Buffer | null)[] {
  let end = 0
  return sizes.map((size) => {
    end += size
    return size === 0 ? null : Buffer.from(bytes.subarray(end - size, end))
  })
}
