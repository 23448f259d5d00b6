import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { CustodyError, usageError } from '@custody/pipeline'
import { BlockCipher } from './block-cipher.ts'
import { groupTooLarge } from './group-meter.ts'
import { KeyFilter } from './key-filter.ts'
import { mergeLots } from './merge-lots.ts'
import type { SpoolRecord } from './record-frame.ts'
import { BLOCK_BYTES, type Run, type RunPlace, RunWriter, readRun } from './run.ts'
import { sealedMemory, sortByKey } from './sealed-memory.ts'
import { sealedRun } from './sealed-run.ts'
import type { SealedSpool, Spool } from './spool.ts'
import { diskFiles, onDisk, type SpoolFile, type SpoolFiles } from './spool-files.ts'

/** Where groups lie, and how much of them in memory. Sizes in bytes. */
export interface SpoolOptions {
  /** Where a folder of its own is made once memory does not suffice. Created if missing. */
  readonly directory: string
  /** How much is held in memory before it goes to disk. @defaultValue 32 MiB */
  readonly memoryBytes?: number
  /** The largest values of one key together: they are held in memory at once. @defaultValue 256 MiB */
  readonly maxGroupBytes?: number
  /** How many files are merged at a time. @defaultValue 64 */
  readonly fanIn?: number
  /** Makes the key of the encryption. @defaultValue `crypto.randomBytes` */
  readonly randomBytes?: (size: number) => Uint8Array
  /** @defaultValue the machine's */
  readonly files?: SpoolFiles
}

const MIB = 1024 * 1024
const defaults = { memoryBytes: 32 * MIB, maxGroupBytes: 256 * MIB, fanIn: 64, randomBytes, files: diskFiles }
const MAX_GROUP_BYTES = 2048 * MIB

/** Blocks read at a time when runs are merged. */
const MAX_LOT_BLOCKS = 8

/** What a record in memory costs besides key and value; measured. */
const RECORD_BYTES = 320

/**
 * Makes a spool: it takes records in any order and gives them back by key, in bounded memory.
 *
 * What does not fit into memory is sorted and written in encrypted files, which are merged in the end. The key of the
 * encryption is in memory only: what a killed process leaves behind, nobody can read.
 *
 * @throws CustodyError `SPOOL_OPTION`
 */
export function createSpool(options: SpoolOptions): Spool {
  check(options)
  return new DiskSpool({ ...defaults, ...options })
}

class DiskSpool implements Spool {
  readonly #options: Required<SpoolOptions>
  readonly #place: RunPlace
  /** Made once something is written: what is in memory is found faster. */
  #filter: KeyFilter | undefined
  #state: 'open' | 'sealed' | 'closed' = 'open'
  #records: SpoolRecord[] = []
  #bytes = 0
  #folder: Promise<string> | undefined
  /** In the order they were written: of one key, an earlier run holds earlier records. */
  #runs: Run[] = []
  #runNumber = 0
  readonly #openFiles = new Map<string, SpoolFile>()
  /** The writing that goes on, one after the other. */
  #writing: Promise<void> = Promise.resolve()

  constructor(options: Required<SpoolOptions>) {
    this.#options = options
    this.#place = {
      directory: options.directory,
      cipher: new BlockCipher(options.randomBytes(32)),
      maxGroupBytes: options.maxGroupBytes,
      assertOpen: () => {
        if (this.#state === 'closed') throw spoolClosed()
      },
    }
  }

  add(key: string, value: string | Uint8Array): Promise<void> {
    try {
      if (this.#state !== 'open') throw spoolClosed()
      const bytes = toBytes(value)
      if (bytes.length > this.#options.maxGroupBytes) throw groupTooLarge(this.#options.maxGroupBytes)
      this.#records.push({ key, value: bytes })
      this.#bytes += bytes.length + 2 * key.length + RECORD_BYTES
      return this.#bytes < this.#options.memoryBytes ? added : this.#writeRun()
    } catch (error) {
      return this.#abandon(error)
    }
  }

  async seal(signal?: AbortSignal): Promise<SealedSpool> {
    if (this.#state !== 'open') throw spoolClosed()
    this.#state = 'sealed'
    const close = (): Promise<void> => this.close()
    try {
      signal?.throwIfAborted()
      await this.#writing
      if (this.#filter === undefined) {
        const records = this.#records
        this.#records = []
        return sealedMemory(records, this.#place, close)
      }
      if (this.#records.length > 0) await this.#writeRun()
      return sealedRun(this.#place, await this.#mergeAll(signal), this.#filter, close)
    } catch (error) {
      return await this.#abandon(error)
    }
  }

  async close(): Promise<void> {
    this.#state = 'closed'
    this.#records = []
    await this.#writing.catch(() => undefined)
    for (const file of this.#openFiles.values()) await file.close().catch(() => undefined)
    this.#openFiles.clear()
    const folder = await this.#folder?.catch(() => undefined)
    if (folder !== undefined) await onDisk(this.#options.directory, this.#options.files.removeFolder(folder))
  }

  /** Removes everything, and gives the error that made it necessary. */
  async #abandon(error: unknown): Promise<never> {
    await this.close().catch(() => undefined)
    throw error
  }

  /** Writes what is in memory as a run. */
  #writeRun(): Promise<void> {
    const records = sortByKey(this.#records)
    this.#records = []
    this.#bytes = 0
    this.#filter ??= new KeyFilter()
    for (const { key } of records) this.#filter.add(key)
    const write = async (): Promise<void> => {
      const writer = await this.#newRun()
      await writer.writeAll(records)
      this.#runs.push(await writer.finish())
    }
    this.#writing = this.#writing.then(write)
    return this.#writing.catch((error) => this.#abandon(error))
  }

  /** Merges runs until one is left. */
  async #mergeAll(signal?: AbortSignal): Promise<Run> {
    const { fanIn } = this.#options
    // Neighbours only, so that the records of a key keep their order; no more than needed, since each merge writes anew.
    for (let at = 0; this.#runs.length > fanIn; at += 1) {
      const count = Math.min(fanIn, this.#runs.length - fanIn + 1)
      if (at + count > this.#runs.length) at = 0
      this.#runs.splice(at, count, await this.#merge(this.#runs.slice(at, at + count), signal))
    }
    const [only, ...others] = this.#runs as [Run, ...Run[]]
    return others.length === 0 ? only : await this.#merge([only, ...others], signal)
  }

  async #merge(runs: readonly Run[], signal?: AbortSignal): Promise<Run> {
    const affordable = Math.floor(this.#options.memoryBytes / 4 / runs.length / BLOCK_BYTES)
    const lotBlocks = Math.min(MAX_LOT_BLOCKS, Math.max(1, affordable))
    const writer = await this.#newRun()
    for await (const lot of mergeLots(runs.map((run) => readRun(this.#place, run, 0, lotBlocks, signal)))) {
      await writer.writeAll(lot, signal)
    }
    const merged = await writer.finish()
    for (const { path, file } of runs) {
      this.#openFiles.delete(path)
      await onDisk(this.#options.directory, file.close())
      await onDisk(this.#options.directory, this.#options.files.removeFile(path))
    }
    return merged
  }

  async #newRun(): Promise<RunWriter> {
    const { directory, files } = this.#options
    this.#folder ??= onDisk(directory, files.makeFolder(directory))
    const number = this.#runNumber++
    const path = join(await this.#folder, `run-${number}`)
    const file = await onDisk(directory, files.makeFile(path))
    this.#openFiles.set(path, file)
    return new RunWriter(this.#place, { number, path, file })
  }
}

const added = Promise.resolve()

function toBytes(value: string | Uint8Array): Uint8Array {
  // A copy: the caller's bytes may change before they are written.
  if (typeof value !== 'string') return Uint8Array.from(value)
  if (!value.isWellFormed()) {
    throw new CustodyError('SPOOL_TEXT', 'A text for the spool has a lone surrogate, which UTF-8 cannot write.', {
      actions: ['Give it as bytes, or escaped, as JSON.stringify does.'],
    })
  }
  return Buffer.from(value)
}

function spoolClosed(): CustodyError {
  return new CustodyError('SPOOL_CLOSED', 'The spool was sealed, or closed, before this.')
}

function check({ directory, memoryBytes, maxGroupBytes, fanIn }: SpoolOptions): void {
  if (directory === '') throw usageError('SPOOL_OPTION', 'spool: directory must not be empty')
  const limits = [
    ['memoryBytes', memoryBytes, 0, Number.MAX_SAFE_INTEGER],
    ['maxGroupBytes', maxGroupBytes, 0, MAX_GROUP_BYTES],
    ['fanIn', fanIn, 2, 1000],
  ] as const
  for (const [name, value, least, most] of limits) {
    if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= most)) {
      throw usageError('SPOOL_OPTION', `spool: ${name} must be a whole number from ${least} to ${most}`)
    }
  }
}
