import type { Batch, Commit } from '../batch.ts'
import { defineSink, defineSource, type Sink, type Source } from '../stage.ts'

/** What happened to the pieces around the code under test. */
export interface Log {
  /** Batches the source was asked for. */
  asked: number
  /** Whether the source was closed: read to its end, left, or failed. */
  closed: boolean
}

export function log(): Log {
  return { asked: 0, closed: false }
}

/** One number a batch, with a checkpoint each. Fails with `failure` in place of batch `failAt`. */
export function numbers(
  count: number,
  seen: Log = log(),
  options: { readonly failAt?: number; readonly failure?: unknown } = {},
): Source<number> {
  return defineSource('numbers', async function* ({ signal }) {
    try {
      for (let number = 0; number < count; number++) {
        seen.asked += 1
        await new Promise(setImmediate)
        signal?.throwIfAborted()
        if (number === options.failAt) throw options.failure
        yield batchOf(number)
      }
    } finally {
      seen.closed = true
    }
  })
}

export function batchOf(number: number): Batch<number> {
  return { records: [number], rejects: [], checkpoint: { source: 'numbers', cursor: String(number) } }
}

export function commitOf(...batches: readonly Batch<unknown>[]): Commit {
  const checkpoint = batches.findLast((batch) => batch.checkpoint)?.checkpoint
  return {
    batches: batches.length,
    records: batches.flatMap((batch) => batch.records).length,
    rejects: batches.flatMap((batch) => batch.rejects).length,
    ...(checkpoint && { checkpoint }),
  }
}

/** Keeps what it is given and commits every batch. */
export function keep(kept: number[], name = 'keep'): Sink<number> {
  return defineSink(name, async function* (source) {
    for await (const batch of source) {
      kept.push(...batch.records)
      yield commitOf(batch)
    }
  })
}

export async function* iterate<T>(...values: readonly T[]): AsyncGenerator<T, void, undefined> {
  yield* values
}

export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = []
  for await (const value of values) collected.push(value)
  return collected
}

/** Lets everything that can go on without new input go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate)
}
