import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { BlockMemory } from './block-memory.ts'
import { type BlockPlace, type BlockReading, type Bytes, hasManyRows, type LineBlock, rowsOf } from './line-block.ts'
import { type BlockTask, readBlock } from './read-block.ts'

/** Blocks that wait at a thread, so that it never has to wait itself. */
const WAITING_PER_THREAD = 4
/** Blocks whose readings wait for one before them: a thread that the system lets wait must not keep this one from reading. */
const MAX_WAITING = 32
/** A longer line is read here: on several threads at once, such lines would take several times the memory. */
const MAX_SHARED_BYTES = 4 * 1024 * 1024

// Source and compiled code are started alike.
const script = new URL(`./block-worker${extname(import.meta.url)}`, import.meta.url)
// Of how this process was started, only where packages are found: a thread refuses flags that are for processes alone.
const isConditions = /^(?:--conditions|-C)(?=$|=)/
const execArgv = process.execArgv.filter(
  (argument, index, all) =>
    isConditions.test(argument) || (isConditions.test(all[index - 1] ?? '') && !all[index - 1]?.includes('=')),
)

interface Slot {
  readonly place: BlockPlace
  /** Undefined as long as a thread reads it. */
  answer: Answer | undefined
}

/** What a thread is asked. Memory goes along, and comes back with the answer. */
export interface Question {
  readonly block: LineBlock
  readonly memory: readonly Bytes[]
}

/** What a thread answers: the memory of the lines comes back, the block itself where the reading has to be made here. */
export type Answer = { readonly reading: BlockReading; readonly lines: Bytes } | { readonly block: LineBlock }

interface Thread {
  readonly worker: Worker
  /** Whether it has loaded its code. Until then this thread reads faster without it. */
  isReady: boolean
  /** In the order in which they were sent, which is that of the answers. */
  readonly slots: Slot[]
}

export interface BlockReadersOptions {
  readonly task: BlockTask
  /** Threads besides this one. With 0 all is read here, by the same code. */
  readonly threads: number
  readonly signal: AbortSignal | undefined
  /** Told each reading, in the order of the blocks. */
  readonly onReading: (place: BlockPlace, reading: BlockReading) => void
}

/**
 * Reads blocks on several threads, this one among them: it would be idle otherwise, and parsing is most of the work. A thread
 * gets a block while it has less than a few waiting; the rest is read here. What comes of it is told in the order of the
 * blocks, so who read what shows nowhere.
 */
export class BlockReaders {
  /** What blocks are to be cut into. */
  readonly memory: BlockMemory = new BlockMemory()
  readonly #task: BlockTask
  readonly #signal: AbortSignal | undefined
  readonly #onReading: BlockReadersOptions['onReading']
  readonly #threads: readonly Thread[]
  /** In the order of the blocks. */
  readonly #slots: Slot[] = []
  #failure: Error | undefined
  #isClosed = false
  /** Ends the wait for a thread. */
  #wake: () => void = () => undefined

  constructor({ task, threads, signal, onReading }: BlockReadersOptions) {
    this.#task = task
    this.#signal = signal
    this.#onReading = onReading
    this.#threads = Array.from({ length: threads }, () => this.#start())
  }

  /** Waits until every thread can read: tests want to see them at it. */
  async ready(): Promise<void> {
    while (this.#threads.some(({ isReady }) => !isReady)) {
      if (this.#failure) throw this.#failure
      await this.#waitForThread()
    }
  }

  /** The memory of the block is no longer the caller's. @throws Error when a thread failed; the signal's reason. */
  async add(block: LineBlock): Promise<void> {
    const { bytes, sizes: _, ...place } = block
    const slot: Slot = { place, answer: undefined }
    this.#slots.push(slot)
    const thread = this.#threads.find(({ isReady, slots }) => isReady && slots.length < WAITING_PER_THREAD)
    if (thread && bytes.length <= MAX_SHARED_BYTES) {
      const question: Question = { block, memory: this.memory.takeRows() }
      thread.slots.push(slot)
      thread.worker.postMessage(
        question,
        [bytes, ...question.memory].map(({ buffer }) => buffer),
      )
    } else {
      const reading = readBlock(block, this.#task, this.memory.takeRows())
      this.#take(slot, { reading, lines: block.bytes })
      if (hasManyRows(reading)) return this.#tell(0)
    }
    await this.#tell(MAX_WAITING)
  }

  /** Waits until every reading was told. */
  async drain(): Promise<void> {
    await this.#tell(0)
  }

  /** Ends the threads, whatever they are at. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()))
  }

  /** Tells the readings that are there and next, and waits until no more than so many are left. */
  async #tell(maxLeft: number): Promise<void> {
    for (let slot = this.#slots[0]; slot; slot = this.#slots[0]) {
      if (this.#failure) throw this.#failure
      const { place, answer } = slot
      if (answer) {
        this.#slots.shift()
        const reading = 'reading' in answer ? answer.reading : readBlock(answer.block, this.#task)
        this.#onReading(place, reading)
        this.memory.giveRows(rowsOf(reading))
      } else if (this.#slots.length <= maxLeft) return
      else await this.#waitForThread()
    }
  }

  #take(slot: Slot, answer: Answer): void {
    slot.answer = answer
    if ('lines' in answer) this.memory.giveLines(answer.lines)
  }

  async #waitForThread(): Promise<void> {
    this.#signal?.throwIfAborted()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    this.#signal?.addEventListener('abort', this.#wake)
    await promise
    this.#signal?.removeEventListener('abort', this.#wake)
    this.#signal?.throwIfAborted()
  }

  #start(): Thread {
    // A smaller stack than that of the main thread: JSON that is nested too deep for it is read again there.
    const worker = new Worker(script, { workerData: this.#task, execArgv, resourceLimits: { stackSizeMb: 1 } })
    const thread: Thread = { worker, isReady: false, slots: [] }
    const fail = (cause: unknown): void => {
      if (!this.#isClosed) this.#failure ??= new Error('A thread that reads lines of the master failed.', { cause })
      this.#wake()
    }
    worker.on('message', (answer: Answer | 'ready') => {
      const slot = answer === 'ready' ? undefined : thread.slots.shift()
      if (answer === 'ready') thread.isReady = true
      else if (slot) this.#take(slot, answer)
      this.#wake()
    })
    worker.on('messageerror', fail)
    worker.on('error', fail)
    worker.on('exit', fail)
    return thread
  }
}
