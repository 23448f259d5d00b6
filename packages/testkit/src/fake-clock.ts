import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '@custody/pipeline'

/** When a clock begins, and whether sleeping moves it. */
export interface FakeClockOptions {
  /** Epoch milliseconds to start at. @defaultValue 2026-01-01T00:00:00Z */
  readonly startAt?: number
  /** Whether sleeping moves the time by itself, to the earliest sleeper, as soon as nothing else runs. @defaultValue false */
  readonly auto?: boolean
}

/** A clock that only moves when told to, or by the sleeping itself. No test ever waits for it. */
export interface FakeClock extends Clock {
  /** Moves on by `ms`, waking every sleeper on the way at its own time; what they do before sleeping again is done by then. */
  advance(ms: number): Promise<void>
  /** Sets the clock to another time of day, as a machine's may be; sleeps take as long as before. */
  jump(ms: number): void
  /** Lets time pass, from sleeper to sleeper, until the promise settles. */
  settle<T>(promise: Promise<T>): Promise<T>
  /** How many are asleep. */
  sleepers(): number
  /** Every sleep asked for so far, in milliseconds, in order. */
  sleeps(): readonly number[]
}

interface Sleeper {
  readonly wakeAt: number
  readonly wake: () => void
}

// How many turns of the event loop woken code is given before time goes on.
const turns = 3

/** A clock that stands still until a test moves it. */
export function fakeClock({ startAt = Date.UTC(2026, 0, 1), auto = false }: FakeClockOptions = {}): FakeClock {
  const asleep = new Set<Sleeper>()
  const asked: number[] = []
  let now = startAt
  let offset = 0
  let moving = false

  const advanceTo = async (target: number): Promise<void> => {
    for (let next = earliest(asleep); next && next.wakeAt <= target; next = earliest(asleep)) {
      now = Math.max(now, next.wakeAt)
      next.wake()
      await settle()
    }
    now = Math.max(now, target)
  }
  const moveOn = async (): Promise<void> => {
    if (moving) return
    moving = true
    await settle()
    for (let next = earliest(asleep); next; next = earliest(asleep)) await advanceTo(next.wakeAt)
    moving = false
  }
  return {
    now: () => now + offset,
    sleep(ms, signal) {
      asked.push(ms)
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const abort = (): void => {
          asleep.delete(sleeper)
          reject(signal?.reason)
        }
        const sleeper: Sleeper = {
          wakeAt: now + Math.max(0, ms),
          wake() {
            asleep.delete(sleeper)
            signal?.removeEventListener('abort', abort)
            resolve()
          },
        }
        signal?.addEventListener('abort', abort, { once: true })
        asleep.add(sleeper)
        if (auto) void moveOn()
      })
    },
    async advance(ms) {
      await settle()
      await advanceTo(now + ms)
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
      await settle()
      while (!settled) {
        const next = earliest(asleep)
        // Something else than time is waited for: a file, a socket.
        if (next) await advanceTo(next.wakeAt)
        else await turn()
      }
      return await promise
    },
    sleepers: () => asleep.size,
    sleeps: () => [...asked],
  }
}

/** The one to wake first; of several at the same time the one that went to sleep first. */
function earliest(sleepers: Iterable<Sleeper>): Sleeper | undefined {
  let first: Sleeper | undefined
  for (const sleeper of sleepers) if (!first || sleeper.wakeAt < first.wakeAt) first = sleeper
  return first
}

async function settle(): Promise<void> {
  for (let count = 0; count < turns; count++) await turn()
}
