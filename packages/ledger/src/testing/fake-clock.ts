import type { Clock } from '@custody/pipeline'

/** A clock that only moves when told. Sleeps end in the order of their time. */
export interface FakeClock extends Clock {
  /** Lets this much time pass, ending every sleep on the way. */
  advance(ms: number): Promise<void>
  /** Sets the clock to another time of day; sleeps take as long as before. */
  jump(ms: number): void
  /** Lets time pass until the promise settles. */
  settle<T>(promise: Promise<T>): Promise<T>
  /** How many sleeps are under way. */
  readonly sleeping: number
}

interface Sleep {
  readonly at: number
  readonly wake: () => void
}

export function createFakeClock(start = 1_700_000_000_000): FakeClock {
  let elapsed = 0
  let offset = start
  let sleeps: Sleep[] = []

  const wakeNext = async (limit: number): Promise<boolean> => {
    await quiet()
    const next = sleeps.reduce<Sleep | undefined>(
      (best, sleep) => (best && best.at <= sleep.at ? best : sleep),
      undefined,
    )
    if (!next || next.at > limit) return false
    elapsed = Math.max(elapsed, next.at)
    next.wake()
    await quiet()
    return true
  }

  return {
    now: () => offset + elapsed,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        const end = (settle: () => void): void => {
          sleeps = sleeps.filter((other) => other !== sleep)
          signal?.removeEventListener('abort', abort)
          settle()
        }
        const abort = (): void => end(() => reject(signal?.reason))
        const sleep: Sleep = { at: elapsed + ms, wake: () => end(resolve) }
        if (signal?.aborted) return reject(signal.reason)
        signal?.addEventListener('abort', abort)
        sleeps.push(sleep)
      })
    },
    async advance(ms) {
      const target = elapsed + ms
      while (await wakeNext(target));
      elapsed = target
    },
    jump(ms) {
      offset += ms
    },
    async settle(promise) {
      let settled = false
      const mark = (): void => {
        settled = true
      }
      promise.then(mark, mark)
      await quiet()
      while (!settled) {
        if (!(await wakeNext(Number.POSITIVE_INFINITY))) await new Promise((resolve) => setTimeout(resolve, 1))
      }
      return await promise
    },
    get sleeping() {
      return sleeps.length
    },
  }
}

/** Until every promise that can settle without time has settled. */
async function quiet(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
