import { usageError } from '@custody/pipeline'
import { Thread } from './thread.ts'
import { loadWork, type Work } from './work.ts'

/** What a task runs with on other cores, and how its answers come back. */
export interface OnThreadsOptions<Task> {
  /** Address of the module that does the work: it exports `createWork`, see {@link Work}. */
  readonly module: URL
  /** What `createWork` is given in each thread. It is copied. */
  readonly data: unknown
  /** Threads beside this one. With 0 the same module does its work here. */
  readonly threads: number
  /** Tasks that a thread is given before it has answered. @defaultValue 2: one that it works at, one that waits */
  readonly ahead?: number
  /** Memory of a task that is handed over in the place of being copied. @defaultValue none */
  readonly transferOf?: (task: Task) => readonly ArrayBuffer[]
  readonly signal?: AbortSignal | undefined
}

/**
 * Has tasks done on several threads and gives their answers in the order of the tasks: what comes out does not show how many
 * threads there were. No more tasks are taken than the threads have room for, so memory is that of `threads * ahead` tasks and
 * their answers, however many there are.
 *
 * Whole chains belong into one task, from bytes to bytes: objects cost more on their way between threads than most work on them.
 *
 * @throws what the work throws; CustodyError `THREADS` of kind usage; `THREAD_FAILED` when a thread ends, as for want of memory;
 * the signal's reason.
 */
export async function* onThreads<Task, Answer>(
  tasks: AsyncIterable<Task>,
  options: OnThreadsOptions<Task>,
): AsyncGenerator<Answer, void, undefined> {
  const { module, data, threads, ahead = 2, signal } = options
  for (const [name, value, least] of [['threads', threads, 0] as const, ['ahead', ahead, 1] as const]) {
    if (!Number.isSafeInteger(value) || value < least) {
      throw usageError('THREADS', `onThreads: ${name} has to be a whole number of at least ${least}`)
    }
  }
  if (threads === 0) {
    const work: Work<Task, Answer> = await loadWork(module.href, data)
    for await (const task of tasks) {
      signal?.throwIfAborted()
      yield (await work(task)).answer
    }
    return
  }
  const pool = new Pool<Task, Answer>(options)
  const waiting: Promise<Answer>[] = []
  const next = async (): Promise<Answer> => {
    try {
      return await (waiting.shift() as Promise<Answer>)
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    }
  }
  // Whoever is waited for is ended by it.
  const stop = (): void => void pool.close()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    for await (const task of tasks) {
      signal?.throwIfAborted()
      waiting.push(pool.do(task))
      if (waiting.length === threads * ahead) yield await next()
    }
    while (waiting.length > 0) yield await next()
  } finally {
    signal?.removeEventListener('abort', stop)
    await pool.close()
  }
}

/** Threads are started when there is work for one more. */
class Pool<Task, Answer> {
  readonly #options: OnThreadsOptions<Task>
  readonly #threads: Thread<Task, Answer>[] = []

  constructor(options: OnThreadsOptions<Task>) {
    this.#options = options
  }

  do(task: Task): Promise<Answer> {
    const done = this.#idlest().do(task, this.#options.transferOf?.(task) ?? [])
    // Who waits for it sees its failure; until then it must only not go unhandled.
    done.catch(() => undefined)
    return done
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()))
  }

  #idlest(): Thread<Task, Answer> {
    const { module, data, threads } = this.#options
    const known = this.#threads.toSorted((a, b) => a.load - b.load)[0]
    if (known && (known.load === 0 || this.#threads.length === threads)) return known
    const started = new Thread<Task, Answer>({ module: module.href, data })
    this.#threads.push(started)
    return started
  }
}
