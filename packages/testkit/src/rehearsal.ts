import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import type { Batch } from '@custody/pipeline'
import type { Outside } from './outside.ts'

/** What is to happen at which point of a run. Points are counted: each request to the source, each call, each idle moment. */
export interface Interruption {
  /** -1: before anything was started. */
  readonly at: number
  readonly by: 'abort' | 'failure'
}

export interface Outcome<T> {
  readonly given: readonly T[]
  readonly end: 'done' | 'left' | { readonly error: unknown }
}

export interface RehearsalOptions {
  readonly interruption?: Interruption
  /** How many batches may be asked for before the reader asks. @defaultValue 0 */
  readonly readAhead?: number
  /**
   * Whether every answer takes a turn of the event loop, so that what was asked for too early shows as still under way.
   * Otherwise one in three comes at once, so that races show. @defaultValue false
   */
  readonly slow?: boolean
}

export interface PerformOptions<T> {
  /** Leave after this many values. @defaultValue never */
  readonly leaveAfter?: number
  /** Called with each value, while nothing more was asked for. */
  readonly onValue?: (value: T, index: number) => void | Promise<void>
}

// Real time, and only spent by what hangs.
const patienceMs = 5_000

/**
 * One run of something under test, with a hand on everything around it: the source it reads, the calls it makes, the
 * signal, the reader. Notes each breach it sees.
 */
export class Rehearsal implements Outside {
  readonly failure: Error = new Error('A failure made by the contract test.')
  readonly reason: Error = new Error('An abort made by the contract test.')
  /** Where the failure was made to happen; null as long as it was not. */
  failedIn: 'source' | 'call' | null = null
  /** Points passed. */
  points = 0
  /** Whether the source was read to its end. */
  exhausted = false
  readonly #interruption: Interruption | undefined
  readonly #readAhead: number
  readonly #slow: boolean
  readonly #controller = new AbortController()
  readonly #breaches: string[] = []
  #phase: 'asked' | 'idle' | 'over' = 'idle'
  #idleRequests = 0
  #underWay = 0
  #answers = 0
  #open = 0
  #source: 'untouched' | 'open' | 'closed' = 'untouched'

  constructor(options: RehearsalOptions = {}) {
    this.#interruption = options.interruption
    this.#readAhead = options.readAhead ?? 0
    this.#slow = options.slow ?? false
    if (options.interruption?.at === -1) this.#controller.abort(this.reason)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  async call(signal?: AbortSignal): Promise<void> {
    if (this.#phase === 'over') this.#breach('a call was made after it had ended')
    // With read-ahead there is no telling how many calls a batch takes.
    if (this.#phase === 'idle' && this.#readAhead === 0) this.#breach('a call was made while nobody asked for anything')
    this.#underWay += 1
    try {
      const fails = this.#point('call')
      if (this.signal.aborted && !signal?.aborted) this.#breach('a call was made without the signal')
      await this.#turn()
      if (fails) throw this.failure
      if (this.signal.aborted && !signal?.aborted) this.#breach('a call was made without the signal')
      signal?.throwIfAborted()
    } finally {
      this.#underWay -= 1
    }
  }

  open(): { close(): void } {
    let open = true
    this.#open += 1
    return {
      close: () => {
        if (open) this.#open -= 1
        open = false
      },
    }
  }

  /** The batches as a source that heeds the signal, as every source has to. */
  source<T>(batches: readonly Batch<T>[]): AsyncIterable<Batch<T>> {
    let next = 0
    let asking = false
    const done = { done: true, value: undefined } as const
    const ask = async (): Promise<IteratorResult<Batch<T>, undefined>> => {
      if (this.#phase === 'over') this.#breach('its source was asked for a batch after it had ended')
      if (this.#phase === 'idle') this.#idleRequests += 1
      if (this.#idleRequests > this.#readAhead)
        this.#breach('its source was asked for a batch that nobody had asked for')
      if (asking) this.#breach('its source was asked for a batch while the last request was under way')
      if (this.#source === 'closed') return done
      this.#source = 'open'
      asking = true
      this.#underWay += 1
      try {
        const fails = this.#point('source')
        await this.#turn()
        if (fails) throw this.failure
        this.signal.throwIfAborted()
        const value = batches[next++]
        if (value) return { done: false, value }
        this.exhausted = true
        this.#source = 'closed'
        return done
      } catch (error) {
        this.#source = 'closed'
        throw error
      } finally {
        asking = false
        this.#underWay -= 1
      }
    }
    const close = async (): Promise<IteratorResult<Batch<T>, undefined>> => {
      this.#source = 'closed'
      return done
    }
    return { [Symbol.asyncIterator]: () => ({ next: ask, return: close }) }
  }

  /** Reads what is under test to its end, one value at a time with a pause behind each, and looks for what it leaves behind. */
  async perform<T>(run: () => AsyncIterable<T>, options: PerformOptions<T> = {}): Promise<Outcome<T>> {
    const outcome = await this.#inTime(this.#read(run, options))
    this.#phase = 'over'
    if (this.#underWay > 0) this.#breach('something was still under way when it had ended')
    await pause()
    if (this.#source === 'open') this.#breach('its source was left open')
    if (this.#open > 0) this.#breach(`${this.#open} of the things it opened were left open`)
    assert.deepEqual([...new Set(this.#breaches)], [], 'The contract was broken')
    return outcome
  }

  async #read<T>(run: () => AsyncIterable<T>, options: PerformOptions<T>): Promise<Outcome<T>> {
    const { leaveAfter = Number.POSITIVE_INFINITY, onValue } = options
    const given: T[] = []
    try {
      const iterator = run()[Symbol.asyncIterator]()
      await pause()
      while (given.length < leaveAfter) {
        this.#phase = 'asked'
        const result = await iterator.next()
        if (result.done) return { given, end: 'done' }
        this.#phase = 'idle'
        this.#idleRequests = 0
        if (this.#underWay > 0 && this.#readAhead === 0)
          this.#breach('something was still under way when it gave a batch')
        given.push(result.value)
        this.#point('idle')
        await pause()
        await onValue?.(result.value, given.length - 1)
      }
      this.#phase = 'asked'
      await iterator.return?.()
      return { given, end: 'left' }
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error
      return { given, end: { error } }
    }
  }

  /** Whether the call at this point is to fail. */
  #point(where: 'source' | 'call' | 'idle'): boolean {
    const reached = this.points++ === this.#interruption?.at
    if (!reached) return false
    if (this.#interruption?.by === 'abort') this.#controller.abort(this.reason)
    else if (where !== 'idle') this.failedIn = where
    return this.failedIn === where
  }

  async #turn(): Promise<void> {
    if (this.#slow || this.#answers++ % 3 !== 1) await turn()
  }

  #breach(what: string): void {
    this.#breaches.push(what)
  }

  async #inTime<T>(promise: Promise<T>): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new assert.AssertionError({ message: 'It did not end.' })), patienceMs)
    try {
      return await Promise.race([promise, late])
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Gives whatever runs behind the reader's back time to show itself. */
async function pause(): Promise<void> {
  await turn()
  await turn()
}
