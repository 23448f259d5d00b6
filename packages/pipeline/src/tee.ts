import type { Batch, Commit } from './batch.ts'
import { Channel } from './channel.ts'
import { usageError } from './custody-error.ts'
import { defineSink, type Sink } from './stage.ts'

/**
 * One sink made of several: each gets every batch, the slowest sets the pace, and a batch counts as committed once all of
 * them have committed it. A failure in one ends them all, with that failure.
 *
 * The source is asked for the next batch once every sink asks for it. A sink that is stopped, because a neighbour failed
 * or the reader left, sees its input throw, never end.
 *
 * @throws CustodyError `TEE_EMPTY` without any sink.
 */
export function tee<T>(...sinks: readonly [Sink<T>, ...Sink<T>[]]): Sink<T> {
  if (sinks.length === 0) throw usageError('TEE_EMPTY', 'tee: give at least one sink')
  return defineSink('tee', async function* (source, { signal }) {
    const stop = new AbortController()
    const inner = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
    const branches = sinks.map((sink) => ({ sink, input: new Channel<Batch<T>>(), committed: 0 }))
    const uncommitted: Batch<T>[] = []
    let committed = 0
    let failure: { readonly cause: unknown } | undefined

    const halt = (cause: unknown): void => {
      failure ??= { cause }
      for (const { input } of branches) input.fail(failure.cause)
      stop.abort(failure.cause)
    }
    const drain = async (branch: (typeof branches)[number]): Promise<void> => {
      try {
        for await (const commit of branch.sink(branch.input, { signal: inner })) branch.committed += commit.batches
      } catch (error) {
        halt(error)
      } finally {
        branch.input.close()
      }
    }
    const takeCommitted = (): Batch<T>[] => {
      const minimum = Math.min(...branches.map((branch) => branch.committed))
      const batches = uncommitted.splice(0, minimum - committed)
      committed = minimum
      return batches
    }

    const drained = Promise.all(branches.map(drain))
    let whole = false
    try {
      for await (const batch of source) {
        uncommitted.push(batch)
        await Promise.all(branches.map(({ input }) => input.send(batch)))
        if (failure) throw failure.cause
        const batches = takeCommitted()
        if (batches.length > 0) yield commitOf(batches)
      }
      for (const { input } of branches) input.end()
      await drained
      if (failure) throw failure.cause
      whole = true
      const batches = takeCommitted()
      if (batches.length > 0) yield commitOf(batches)
    } catch (error) {
      halt(error)
      throw failure?.cause
    } finally {
      if (!whole) halt(new DOMException('The reader of the commits left.', 'AbortError'))
      await drained
    }
  })
}

function commitOf(batches: readonly Batch<unknown>[]): Commit {
  const checkpoint = batches.findLast((batch) => batch.checkpoint)?.checkpoint
  return {
    batches: batches.length,
    records: sum(batches.map((batch) => batch.records.length)),
    rejects: sum(batches.map((batch) => batch.rejects.length)),
    ...(checkpoint && { checkpoint }),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
