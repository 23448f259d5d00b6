import { type BlockCipher, damaged, TAG_BYTES } from './block-cipher.ts'
import { GroupMeter } from './group-meter.ts'
import { FrameParser, type SpoolRecord, toFrame } from './record-frame.ts'
import { SparseIndex } from './sparse-index.ts'
import { onDisk, type SpoolFile } from './spool-files.ts'

/** Bytes of a block before encryption: what a look-up reads at least. */
export const BLOCK_BYTES: number = 64 * 1024

/** Blocks gathered before they are written. */
const WRITE_BLOCKS = 16

/** A sorted file of records. */
export interface Run {
  readonly number: number
  readonly path: string
  readonly file: SpoolFile
  /** Before encryption. */
  readonly bytes: number
  readonly records: number
  readonly keys: number
  readonly index: SparseIndex
}

/** Where and how the runs of a spool are kept. */
export interface RunPlace {
  readonly directory: string
  readonly cipher: BlockCipher
  readonly maxGroupBytes: number
  /** Throws once the spool was closed. */
  readonly assertOpen: () => void
}

/** Writes records, which come in order, as a run. */
export class RunWriter {
  readonly #place: RunPlace
  readonly #target: Pick<Run, 'number' | 'path' | 'file'>
  readonly #meter: GroupMeter
  readonly #index = new SparseIndex()
  readonly #block = Buffer.allocUnsafe(BLOCK_BYTES)
  #filled = 0
  #blocks = 0
  #indexed = -1
  #sealed: Buffer[] = []
  #written = 0

  constructor(place: RunPlace, target: Pick<Run, 'number' | 'path' | 'file'>) {
    this.#place = place
    this.#target = target
    this.#meter = new GroupMeter(place.maxGroupBytes)
  }

  async writeAll(records: readonly SpoolRecord[], signal?: AbortSignal): Promise<void> {
    for (const record of records) {
      this.#write(record)
      if (this.#sealed.length < 2 * WRITE_BLOCKS) continue
      signal?.throwIfAborted()
      await this.#flush()
    }
  }

  async finish(): Promise<Run> {
    const bytes = this.#position
    if (this.#filled > 0) this.#sealBlock()
    await this.#flush()
    return { ...this.#target, bytes, records: this.#meter.records, keys: this.#meter.groups, index: this.#index }
  }

  get #position(): number {
    return this.#blocks * BLOCK_BYTES + this.#filled
  }

  #write(record: SpoolRecord): void {
    const begins = this.#meter.add(record)
    // Reading may begin at the first group of each block.
    if (begins && this.#indexed !== this.#blocks) {
      this.#indexed = this.#blocks
      this.#index.offer(record.key, this.#position, this.#meter.groups - 1)
    }
    for (const part of toFrame(record, !begins)) this.#append(part)
  }

  #append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const length = Math.min(bytes.length - at, BLOCK_BYTES - this.#filled)
      this.#block.set(length === bytes.length ? bytes : bytes.subarray(at, at + length), this.#filled)
      this.#filled += length
      at += length
      if (this.#filled === BLOCK_BYTES) this.#sealBlock()
    }
  }

  #sealBlock(): void {
    const plain = this.#block.subarray(0, this.#filled)
    this.#sealed.push(...this.#place.cipher.seal(this.#target.number, this.#blocks, plain))
    this.#blocks += 1
    this.#filled = 0
  }

  async #flush(): Promise<void> {
    if (this.#sealed.length === 0) return
    const bytes = Buffer.concat(this.#sealed)
    this.#sealed = []
    await onDisk(this.#place.directory, this.#target.file.write(bytes, this.#written))
    this.#written += bytes.length
  }
}

/**
 * Reads the records of a run from a position where a group begins, in lots.
 *
 * @param lotBlocks Blocks read at a time.
 * @throws CustodyError `SPOOL_DAMAGED`
 */
export async function* readRun(
  { directory, cipher, assertOpen }: RunPlace,
  { number, file, bytes }: Run,
  position: number,
  lotBlocks: number,
  signal?: AbortSignal,
): AsyncGenerator<readonly SpoolRecord[], void, undefined> {
  const parser = new FrameParser()
  const blocks = Math.ceil(bytes / BLOCK_BYTES)
  const start = Math.floor(position / BLOCK_BYTES)
  for (let first = start; first < blocks; first += lotBlocks) {
    signal?.throwIfAborted()
    assertOpen()
    const end = Math.min(first + lotBlocks, blocks)
    const from = first * (BLOCK_BYTES + TAG_BYTES)
    const length = Math.min(end * BLOCK_BYTES, bytes) - first * BLOCK_BYTES + (end - first) * TAG_BYTES
    const sealed = await onDisk(directory, file.read(from, length))
    if (sealed.length < length) throw damaged('it is shorter than it was')
    for (let block = first; block < end; block += 1) {
      const at = (block - first) * (BLOCK_BYTES + TAG_BYTES)
      const plain = cipher.open(number, block, sealed.subarray(at, at + BLOCK_BYTES + TAG_BYTES))
      const records = parser.push(block === start ? plain.subarray(position % BLOCK_BYTES) : plain)
      if (records.length > 0) yield records
    }
  }
  if (!parser.isBetweenRecords) throw damaged('it ends in the middle of a record')
}
