import { usageError } from '@custody/pipeline'

/** How many calls may be under way at once. */
export interface Concurrency {
  /** Waits for a place, first come, first served. The function gives it back; calling it again does nothing. */
  enter(signal?: AbortSignal): Promise<() => void>
}

/** At most `places` at once; `Infinity` counts nothing. @throws CustodyError `HTTP_OPTIONS` (usage) */
export function createConcurrency(places: number): Concurrency {
  if (places !== Number.POSITIVE_INFINITY && !(Number.isInteger(places) && places >= 1)) {
    throw usageError('HTTP_OPTIONS', 'A limit: concurrent must be a whole number of at least 1.')
  }
  let taken = 0
  /** Those who wait, in the order of asking. A set lets go of one in the middle. */
  const waiting = new Set<() => void>()

  const take = (): (() => void) => {
    taken += 1
    let mine = true
    return () => {
      if (!mine) return
      mine = false
      taken -= 1
      const [next] = waiting
      next?.()
    }
  }

  return {
    async enter(signal) {
      signal?.throwIfAborted()
      if (taken < places) return take()
      return await new Promise((resolve, reject) => {
        const stop = (): void => {
          waiting.delete(enter)
          signal?.removeEventListener('abort', abort)
        }
        const abort = (): void => {
          stop()
          reject(signal?.reason)
        }
        const enter = (): void => {
          stop()
          resolve(take())
        }
        waiting.add(enter)
        signal?.addEventListener('abort', abort)
      })
    },
  }
}
