/**
 * Lets one caller at a time through, in the order of asking. A turn ends when its function is called; who aborts while
 * waiting gives up the place without moving anybody.
 */
export function createTurns(): (signal?: AbortSignal) => Promise<() => void> {
  let last: Promise<void> = Promise.resolve()
  return async (signal) => {
    const before = last
    const mine = Promise.withResolvers<void>()
    last = mine.promise
    try {
      await abortable(before, signal)
      signal?.throwIfAborted()
    } catch (error) {
      before.then(mine.resolve)
      throw error
    }
    return mine.resolve
  }
}

/** The promise, or the signal's reason as soon as it aborts. */
function abortable(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
