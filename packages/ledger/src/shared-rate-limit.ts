import { randomUUID } from 'node:crypto'
import { createTurns, usageError } from '@custody/pipeline'
import type { LimitsContext } from './open-limits.ts'
import { type Asked, createRatePlaces } from './rate-places.ts'
import { whenFree } from './when-free.ts'

/** Salesforce counts calls for each of these. */
export interface RateLimitKey {
  readonly org: string
  /** The execution user, by the configuration's name. */
  readonly user: string
  readonly endpoint: string
}

/** Whose limit it is, and how large. */
export interface SharedRateLimitOptions {
  readonly key: RateLimitKey
  /** Calls per window. `Infinity` counts nothing and only pauses. */
  readonly limit: number
  readonly windowMs: number
  /** The part of `limit` to use, rounded down, at least one call. @defaultValue 1 */
  readonly share?: number
  /** Added to the window, for calls that travel with uneven delays. @defaultValue 0 */
  readonly guardMs?: number
  /** So many calls at once; further ones come evenly spaced over the window. @defaultValue as many as the window allows */
  readonly burst?: number
  /** Called when the next in line starts to wait: everybody of this process stands still for this long. */
  readonly onWait?: (waitMs: number) => void
}

/** A rate limit that all processes of a machine keep; `acquire` gives the milliseconds waited. */
export interface SharedRateLimit {
  /** Waits for a place in the window, in this process first come, first served. Settles with the milliseconds waited. */
  acquire(signal?: AbortSignal): Promise<number>
  /** Lets nobody through, in any process, before this moment of the clock. Never shortens an earlier pause. */
  pauseUntil(epochMs: number): void
}

/** Those who wait for the same place try at slightly different times, so that none of them always comes first. */
const SPREAD_MS = 5

/**
 * A limit over a sliding window that all processes of the machine share: never more than floor(limit × share) calls in any
 * closed interval of `windowMs`. A place is taken, on the disk, before the call is sent, and never given back: what a killed
 * process may have sent counts. Nobody takes a place ahead of time; between processes too, who waits longest comes first,
 * unless it is gone.
 */
export function sharedRateLimit(context: LimitsContext, options: SharedRateLimitOptions): SharedRateLimit {
  const { database, clock, steadyTime, uptime, finishBeforeClose } = context
  const { key, limit, windowMs, share = 1, guardMs = 0, burst = Number.POSITIVE_INFINITY, onWait } = options
  check('key', isWord(key?.org) && isWord(key.user) && isWord(key.endpoint), 'name org, user and endpoint')
  check('limit', limit >= 1 && (limit === Number.POSITIVE_INFINITY || limit <= 1_000_000), 'be from 1 to a million')
  check('windowMs', Number.isFinite(windowMs) && windowMs > 0, 'be above 0')
  check('share', share > 0 && share <= 1, 'be above 0 and at most 1')
  check('guardMs', Number.isFinite(guardMs) && guardMs >= 0, 'be at least 0')
  check('burst', burst >= 1, 'be at least 1')

  const counts = limit !== Number.POSITIVE_INFINITY
  const places = createRatePlaces({
    database,
    name: JSON.stringify([key.org, key.user, key.endpoint]),
    taker: randomUUID(),
    places: counts ? Math.max(1, Math.floor(limit * share)) : 0,
    windowMs,
    // One millisecond more than the window: an interval includes both its ends.
    keepMs: windowMs + guardMs + 1,
    burst,
  })
  const write = <T>(work: () => T, signal?: AbortSignal): Promise<T> =>
    whenFree(database.path, () => database.write(work), signal)
  const turn = createTurns()
  let pausing: Promise<unknown> = Promise.resolve()

  const pauseNoted = async (): Promise<void> => {
    const noted = pausing
    pausing = Promise.resolve()
    await noted
  }

  // A place is stamped with the time at which its caller will have it, some milliseconds from now: what writing it takes.
  let stampMs = 0

  /** Makes sure that the stamp of a place is no earlier than now. */
  const correct = async (place: number, asked: number): Promise<void> => {
    for (let tookMs = uptime() - asked; tookMs > stampMs; tookMs = uptime() - asked) {
      stampMs = tookMs * 2
      asked = uptime()
      await write(() => places.restamp(place, steadyTime() + stampMs))
    }
    stampMs *= 0.98
  }

  /** Takes a place, or says what to wait for. */
  const take = async (signal: AbortSignal | undefined): Promise<Asked> => {
    let askedAt = 0
    const asked = await write(() => {
      askedAt = uptime()
      return places.ask(steadyTime(), stampMs)
    }, signal)
    if (counts && asked !== 'not-your-turn' && 'place' in asked) await correct(asked.place, askedAt)
    return asked
  }

  return {
    async acquire(signal) {
      signal?.throwIfAborted()
      const since = uptime()
      const done = await turn(signal)
      try {
        for (;;) {
          await pauseNoted()
          if (places.isOpen()) break
          const asked = await take(signal)
          if (asked === 'not-your-turn') {
            await clock.sleep(1 + Math.random() * SPREAD_MS, signal)
            continue
          }
          if ('place' in asked) break
          onWait?.(asked.waitMs)
          await clock.sleep(asked.waitMs + Math.random() * Math.min(SPREAD_MS, windowMs / 100), signal)
        }
        return Math.max(0, uptime() - since)
      } finally {
        done()
      }
    },
    pauseUntil(epochMs) {
      check('the end of a pause', !Number.isNaN(epochMs), 'be a time')
      const note = write(() => places.pause(steadyTime() + (epochMs - clock.now())))
      // Done at once, unless others write: then whoever is next waits for it, and hears of its failure.
      pausing = Promise.all([pausing, note])
      pausing.catch(() => undefined)
      finishBeforeClose(note)
    },
  }
}

function isWord(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function check(name: string, holds: boolean, rule: string): void {
  if (!holds) throw usageError('LIMITS_OPTIONS', `createSharedRateLimit: ${name} must ${rule}.`)
}
