import { setImmediate } from 'node:timers/promises'

/**
 * The rows in lists of `size`. Between two lists the process looks after everything else it has to do, and stops when the
 * signal says so.
 */
export async function* inBatches<T>(
  rows: Iterable<T> | AsyncIterable<T>,
  size: number,
  signal?: AbortSignal,
): AsyncGenerator<readonly T[]> {
  signal?.throwIfAborted()
  let batch: T[] = []
  const pause = async (): Promise<void> => {
    batch = []
    await setImmediate()
    signal?.throwIfAborted()
  }
  // Waiting for each row of a plain list would take longer than the work.
  if (Symbol.asyncIterator in rows) {
    for await (const row of rows) {
      if (batch.push(row) < size) continue
      yield batch
      await pause()
    }
  } else {
    for (const row of rows) {
      if (batch.push(row) < size) continue
      yield batch
      await pause()
    }
  }
  if (batch.length > 0) yield batch
}
