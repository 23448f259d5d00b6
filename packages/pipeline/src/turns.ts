import { abortable } from './abortable.ts'

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
