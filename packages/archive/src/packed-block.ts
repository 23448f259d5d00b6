import type { LineBlock } from './line-block.ts'

/** A block as it goes to another thread and back: its lines in one piece of memory, which goes along. */
export interface PackedBlock extends Omit<LineBlock, 'lines'> {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Of each line; 0 for one that was too long to be kept. */
  readonly sizes: readonly number[]
}

export function packBlock({ lines, ...place }: LineBlock): PackedBlock {
  const sizes = lines.map((line) => line?.length ?? 0)
  // Not from the pool, whose memory belongs to others too.
  const bytes = Buffer.allocUnsafeSlow(sizes.reduce((sum, size) => sum + size, 0))
  let end = 0
  for (const line of lines) end += line?.copy(bytes, end) ?? 0
  return { ...place, bytes, sizes }
}

export function unpackBlock({ bytes, sizes, ...place }: PackedBlock): LineBlock {
  let end = 0
  const lines = sizes.map((size) => {
    if (size === 0) return null
    end += size
    return Buffer.from(bytes.buffer, bytes.byteOffset + end - size, size)
  })
  return { ...place, lines }
}
