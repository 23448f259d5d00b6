import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { CustodyError } from '@custody/pipeline'
import { errorOf, type ThreadMessage, type ThreadStart } from './thread-message.ts'

// Source and compiled code are started alike.
const script = new URL(`./thread-main${extname(import.meta.url)}`, import.meta.url)
// Of how this process was started, only where packages are found: a thread refuses flags that are for processes alone.
const isConditions = /^(?:--conditions|-C)(?=$|=)/
const execArgv = process.execArgv.filter(
  (argument, index, all) =>
    isConditions.test(argument) || (isConditions.test(all[index - 1] ?? '') && !all[index - 1]?.includes('=')),
)

/** What a thread may hold. Young objects get room: with less, most of what one task makes is copied before it is garbage. */
const resourceLimits = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 48 }

interface Waiting<Answer> {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/** One thread, and the tasks it was given and has not answered. */
export class Thread<Task, Answer> {
  readonly #worker: Worker
  readonly #waiting: Waiting<Answer>[] = []
  #failure: CustodyError | undefined

  constructor(start: ThreadStart) {
    this.#worker = new Worker(script, { workerData: start, execArgv, resourceLimits })
    this.#worker.on('message', (message: ThreadMessage<Answer>) => {
      const first = this.#waiting.shift()
      if ('answer' in message) first?.resolve(message.answer)
      else first?.reject(errorOf(message.failure))
    })
    for (const event of ['error', 'messageerror', 'exit']) this.#worker.on(event, (cause) => this.#end(cause))
  }

  /** Tasks that were not answered. */
  get load(): number {
    return this.#waiting.length
  }

  /** Answers come in the order of the tasks. */
  do(task: Task, transfer: readonly ArrayBuffer[]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure)
      this.#waiting.push({ resolve, reject })
      this.#worker.postMessage(task, transfer)
    })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #end(cause: unknown): void {
    this.#failure ??= new CustodyError('THREAD_FAILED', 'A thread ended in the middle of its work.', {
      cause,
      actions: ['Run again with fewer threads, which need less memory: --jobs 1'],
    })
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure)
  }
}
