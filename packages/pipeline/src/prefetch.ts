import type { Batch } from './batch.ts'
import { usageError } from './custody-error.ts'
import { defineStage, type Stage } from './stage.ts'

/**
 * Reads up to `count` batches ahead while the stages behind it work. The only stage that reads anything ahead.
 *
 * When the pipeline is left early, the call in flight is waited for and its batch is thrown away: its checkpoint never
 * got out, so nothing is lost.
 *
 * @throws CustodyError `PREFETCH_COUNT` when the count is no whole number of at least 1.
 */
export function prefetch<T>(count = 1): Stage<T, T> {
  if (!Number.isInteger(count) || count < 1) {
    throw usageError('PREFETCH_COUNT', 'prefetch: count must be a whole number of at least 1')
  }
  return defineStage('prefetch', async function* (source, { signal }) {
    const iterator: AsyncIterator<Batch<T>, unknown> = source[Symbol.asyncIterator]()
    const ahead: Promise<IteratorResult<Batch<T>, unknown>>[] = []
    let inFlight: Promise<unknown> = Promise.resolve()
    let left = false
    let ended = false
    const read = async (): Promise<IteratorResult<Batch<T>, unknown>> => {
      if (left || ended) return { done: true, value: undefined }
      try {
        const result = await iterator.next()
        ended = result.done === true
        return result
      } catch (error) {
        ended = true
        throw error
      }
    }
    const ask = (): void => {
      // One call at a time: not every iterator bears two.
      const next = inFlight.then(read)
      inFlight = next.catch(() => undefined)
      ahead.push(next)
    }
    try {
      for (let asked = 0; asked < count; asked++) ask()
      while (true) {
        ask()
        const result = await ahead.shift()
        signal?.throwIfAborted()
        if (!result || result.done) return
        yield result.value
      }
    } finally {
      left = true
      await inFlight
      if (!ended) await iterator.return?.()
    }
  })
}
