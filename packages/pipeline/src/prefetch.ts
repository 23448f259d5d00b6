import { usageError } from './custody-error.ts'
import { defineStage, type Stage } from './stage.ts'

/**
 * Reads up to `count` batches ahead while the stages behind it work. The only place where anything is read ahead.
 *
 * When the pipeline is left early, the call in flight is waited for and its batch is thrown away: its checkpoint never
 * got out, so nothing is lost.
 */
export function prefetch<T>(count = 1): Stage<T, T> {
  if (!Number.isInteger(count) || count < 1) {
    throw usageError('PREFETCH_COUNT', 'prefetch: count must be a whole number of at least 1')
  }
  return defineStage('prefetch', async function* (source, { signal }) {
    const iterator = source[Symbol.asyncIterator]()
    const ahead: Promise<IteratorResult<Awaited<ReturnType<typeof iterator.next>>['value']>>[] = []
    let last: Promise<unknown> = Promise.resolve()
    const ask = (): void => {
      // One call at a time: not every iterator bears two.
      const next = last.then(() => iterator.next())
      last = next.catch(() => undefined)
      ahead.push(next)
    }
    try {
      while (true) {
        while (ahead.length <= count) ask()
        const result = await (ahead.shift() as (typeof ahead)[number])
        signal?.throwIfAborted()
        if (result.done) return
        yield result.value
      }
    } finally {
      await last
      await iterator.return?.()
    }
  })
}
