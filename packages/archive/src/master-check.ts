import { availableParallelism } from 'node:os'
import type { AttachedFile } from '@custody/model'
import { BlockCutter } from './block-cutter.ts'
import { BlockReaders } from './block-readers.ts'
import type { FileCheck } from './file-check.ts'
import type { Findings } from './findings.ts'
import { IdentifierSet } from './identifier-set.ts'
import type { BlockPlace, BlockReading, LineBlock } from './line-block.ts'
import type { CheckDepth } from './read-block.ts'
import type { RunDocument } from './run-document.ts'
import type { Tombstone } from './tombstone.ts'

/** To start a thread takes as long as to read some megabytes. */
const THREAD_MIN_BYTES = 8 * 1024 * 1024

/** What is told of the lines of the master, in order. */
export interface MasterLines {
  /** What many lines give, each as one text. */
  block(reading: Pick<BlockReading, 'records' | 'tables' | 'archived' | 'amended'>): void
  erased(path: string, line: number, tombstone: Tombstone): void
  /** A file that a message names, with the media type that it claims. */
  file(path: string, line: number, file: AttachedFile, claimed: string | null): void
}

export interface MasterCheckOptions {
  readonly depth: CheckDepth
  /** Threads besides this one; see `VerifyOptions`. */
  readonly jobs: number | undefined
  readonly signal: AbortSignal | undefined
  /** Of all parts together. */
  readonly bytes: number
  /** Known once run.json was read. */
  readonly run: () => Pick<RunDocument, 'window' | 'amends'> | null
  /** Paths of the tables whose rows are wanted. */
  readonly tables: readonly string[]
  readonly to: MasterLines
}

/** Reads the master, line by line, and holds lines against those before them. Parts have to come in order. */
export class MasterCheck {
  /** Lines, those that cannot be read included. */
  lines = 0
  readonly entriesBySource: Map<string, number> = new Map()
  readonly #findings: Findings
  readonly #options: MasterCheckOptions
  readonly #identifiers = new IdentifierSet()
  #readers: BlockReaders | undefined

  constructor(findings: Findings, options: MasterCheckOptions) {
    this.#findings = findings
    this.#options = options
  }

  part(path: string): FileCheck {
    const readers = this.#start()
    const cutter = new BlockCutter(path, this.lines, readers.memory)
    const read = async (blocks: readonly LineBlock[]): Promise<void> => {
      for (const block of blocks) await readers.add(block)
    }
    const cut = async (): Promise<void> => {
      await read(cutter.rest())
      await readers.drain()
      this.lines = cutter.nextIndex
    }
    return {
      push: (chunk) => {
        cutter.push(chunk)
        return read(cutter.take())
      },
      end: () => {
        cutter.end()
        return cut()
      },
      cut,
    }
  }

  async close(): Promise<void> {
    await this.#readers?.close()
  }

  #start(): BlockReaders {
    const { depth, jobs = Math.min(1, availableParallelism() - 1), bytes, signal, tables } = this.#options
    const run = this.#options.run()
    this.#readers ??= new BlockReaders({
      task: { depth, window: run?.window, tables, amends: run?.amends !== undefined },
      threads: depth === 'content' && bytes >= THREAD_MIN_BYTES ? Math.min(jobs, availableParallelism()) : 0,
      signal,
      onReading: (place, reading) => this.#take(place, reading),
    })
    return this.#readers
  }

  #take({ path, line, index }: BlockPlace, reading: BlockReading): void {
    const { to } = this.#options
    const refuse = (at: number, code: string, what: string): void =>
      this.#findings.add(code, path, `line ${line + at} ${what}`)
    let next = 0
    for (const [at, identifier] of reading.identifiers.entries()) {
      if (identifier !== 0n && !this.#identifiers.addKey(identifier)) {
        refuse(at, 'CONVERSATION_TWICE', 'has the identifier of an earlier conversation')
      }
      for (let note = reading.notes[next]; note?.at === at; note = reading.notes[next]) {
        if (note.type === 'refused') refuse(at, note.code, note.what)
        else if (note.type === 'file') to.file(path, line + at, note.file, note.claimed)
        else to.erased(path, line + at, { index: index + at, erasure: note.erasure })
        next += 1
      }
    }
    for (const [source, count] of reading.entriesBySource) {
      this.entriesBySource.set(source, (this.entriesBySource.get(source) ?? 0) + count)
    }
    to.block(reading)
  }
}
