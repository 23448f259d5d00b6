import type { Batch, Checkpoint, Commit } from './batch.ts'
import { Channel } from './channel.ts'
import { usageError } from './custody-error.ts'
import { defineSink, type Sink } from './stage.ts'

/**
 * One sink made of several: each gets every batch, the slowest sets the pace, and a batch counts as committed once all of
 * them have committed it. A failure in one ends them all.
 */
export function tee<T>(...sinks: readonly [Sink<T>, ...Sink<T>[]]): Sink<T> {
  if (sinks.length === 0) throw usageError('TEE_EMPTY', 'tee: give at least one sink')
  return defineSink('tee', async function* (source, { signal }) {
    const stop = new AbortController()
    const inner = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
    const branches = sinks.map((sink) => ({ sink, input: new Channel<Batch<T>>(), committed: 0, ended: false }))
    const waiting: Pick<Batch<T>, 'checkpoint' | 'records' | 'rejects'>[] = []
    const output = new Channel<Commit>()
    let released = 0

    const release = (): Promise<void> | undefined => {
      const minimum = Math.min(...branches.map((branch) => branch.committed))
      const batches = waiting.splice(0, minimum - released)
      released = minimum
      return batches.length > 0 ? output.send(commitOf(batches)) : undefined
    }
    const drain = async (branch: (typeof branches)[number]): Promise<void> => {
      for await (const commit of branch.sink(branch.input, { signal: inner })) {
        branch.committed += commit.batches
        await release()
      }
      branch.ended = true
      branch.input.close()
    }
    const feed = async (): Promise<void> => {
      for await (const batch of source) {
        waiting.push(batch)
        await Promise.all(branches.map((branch) => branch.input.send(batch)))
      }
      for (const branch of branches) branch.input.end()
    }
    const fail = (error: unknown): void => {
      stop.abort(error)
      for (const branch of branches) branch.input.fail(error)
      output.fail(error)
    }
    const work = [feed(), ...branches.map(drain)].map((task) => task.catch(fail))
    const all = Promise.all(work).then(() => output.end())
    try {
      yield* output
      await all
    } finally {
      if (!stop.signal.aborted) stop.abort()
      for (const branch of branches) branch.input.close()
      output.close()
      await all
    }
  })
}

function commitOf(batches: readonly Pick<Batch<unknown>, 'checkpoint' | 'records' | 'rejects'>[]): Commit {
  let checkpoint: Checkpoint | undefined
  let records = 0
  let rejects = 0
  for (const batch of batches) {
    records += batch.records.length
    rejects += batch.rejects.length
    checkpoint = batch.checkpoint ?? checkpoint
  }
  return { batches: batches.length, records, rejects, ...(checkpoint && { checkpoint }) }
}
