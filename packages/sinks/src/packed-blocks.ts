import { type FileHandle, open } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { constants, crc32, deflateRaw } from 'node:zlib'

/** A file that is to be packed. */
export interface FileToPack {
  /** Where it stands. */
  readonly place: string
  /** Its name in the ZIP. */
  readonly name: string
  /** Deflate level; 0 stores it. */
  readonly level: number
}

/** A piece of a file as it goes into a ZIP. */
export interface PackedBlock {
  readonly file: FileToPack
  /** Of the whole file, as it was when it was opened. */
  readonly expectedSize: number
  readonly isFirst: boolean
  readonly isLast: boolean
  /** Bytes before they were packed. */
  readonly size: number
  /** Of the file up to here. */
  readonly crc: number
  readonly packed: Uint8Array
}

// Large enough that deflating each by itself costs little size, under one in a hundred: a block knows nothing of the 32 KiB before it.
const BLOCK_BYTES = 1024 * 1024
// Node hands over what was deflated in pieces of this size, each a trip between threads. Text shrinks to a quarter and less.
const OUTPUT_BYTES = BLOCK_BYTES / 4
/** Blocks that are deflated or wait for it: so many that no core is idle while one is read or written. */
const IN_FLIGHT: number = availableParallelism() + 2

/**
 * The files piece by piece, in their order, deflated on all cores: one stream of deflate is slower than all else that makes an
 * archive. Each block ends at a byte (a sync flush), the last one ends the stream, so that they stand behind each other as one.
 *
 * Holds some blocks, however many and large the files are.
 *
 * @throws what the file system reports.
 */
export async function* packedBlocks(files: readonly FileToPack[]): AsyncGenerator<PackedBlock, void, undefined> {
  const pending: Promise<PackedBlock>[] = []
  for await (const { bytes, ...block } of fileBlocks(files)) {
    const packing = pack(bytes, block.file.level, block.isLast).then((packed) => ({ ...block, packed }))
    // Who waits for it sees its failure; until then it must only not go unhandled.
    packing.catch(() => undefined)
    pending.push(packing)
    if (pending.length === IN_FLIGHT) yield await (pending.shift() as Promise<PackedBlock>)
  }
  for (const packing of pending) yield await packing
}

type FileBlock = Omit<PackedBlock, 'packed'> & { readonly bytes: Buffer }

async function* fileBlocks(files: readonly FileToPack[]): AsyncGenerator<FileBlock, void, undefined> {
  for (const file of files) {
    const handle = await open(file.place)
    try {
      const { size: expectedSize } = await handle.stat()
      let isLast = false
      let crc = 0
      for (let position = 0; !isLast; ) {
        // One byte more than there should be: so the end shows in the same read.
        const room = Math.min(BLOCK_BYTES, Math.max(0, expectedSize - position) + 1)
        const bytes = await readFull(handle, room)
        isLast = bytes.length < room
        crc = crc32(bytes, crc)
        yield { file, expectedSize, isFirst: position === 0, isLast, size: bytes.length, crc, bytes }
        position += bytes.length
      }
    } finally {
      await handle.close()
    }
  }
}

/** So many bytes; fewer only at the end of the file. */
async function readFull(handle: FileHandle, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

function pack(bytes: Buffer, level: number, isLast: boolean): Promise<Uint8Array> {
  if (level === 0) return Promise.resolve(bytes)
  const finishFlush = isLast ? constants.Z_FINISH : constants.Z_SYNC_FLUSH
  return new Promise((resolve, reject) => {
    deflateRaw(bytes, { level, chunkSize: OUTPUT_BYTES, finishFlush }, (error, packed) => {
      if (error) reject(error)
      else resolve(packed)
    })
  })
}
