import { usageError } from '@custody/pipeline'
import type { LimitsContext } from './open-limits.ts'
import { createTurns } from './turns.ts'
import { whenFree } from './when-free.ts'

/** Salesforce counts calls for each of these. */
export interface RateLimitKey {
  readonly org: string
  /** The execution user, by the configuration's name. */
  readonly user: string
  readonly endpoint: string
}

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

export interface SharedRateLimit {
  /** Waits for a place in the window, in this process first come, first served. Settles with the milliseconds waited. */
  acquire(signal?: AbortSignal): Promise<number>
  /** Lets nobody through, in any process, before this moment of the clock. Never shortens an earlier pause. */
  pauseUntil(epochMs: number): void
}

type RateRow = {
  readonly n: number
  readonly calls: number
  readonly paused_until: number | null
  readonly next_due: number | null
}

/** The place of a call, and the uptime at which it was stamped. */
type Place = { readonly number: number; readonly at: number }
type Wait = { readonly waitMs: number }

/** Those who wait for the same place try at slightly different times, so that none of them always comes first. */
const SPREAD_MS = 5

/**
 * A limit over a sliding window that all processes of the machine share: never more than floor(limit × share) calls in any
 * closed interval of `windowMs`. A place is taken, on the disk, before the call is sent, and never given back: what a killed
 * process may have sent counts. Nobody takes a place ahead of time, so a process that dies while it waits costs nothing.
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

  const places = limit === Number.POSITIVE_INFINITY ? 0 : Math.max(1, Math.floor(limit * share))
  // One millisecond more than the window: an interval includes both its ends.
  const keepMs = windowMs + guardMs + 1
  const spacingMs = places > 0 && burst < places ? windowMs / places : 0
  const turn = createTurns()
  const name = JSON.stringify([key.org, key.user, key.endpoint])
  const select = database.prepare('select * from rate where name = ?')
  const create = database.prepare('insert into rate (name) values (?)')
  const update = database.prepare('update rate set calls = ?, next_due = ?, keep_ms = max(keep_ms, ?) where n = ?')
  const pause = database.prepare('update rate set paused_until = max(coalesce(paused_until, ?1), ?1) where n = ?2')
  const callAt = database.prepare('select at from call where rate = ? and n = ?')
  const putCall = database.prepare(
    'insert into call values (?, ?, ?) on conflict do update set at = max(at, excluded.at)',
  )
  // Two go for each that comes; who asks with a longer window is waited for.
  const forget =
    database.prepare(`delete from call where rate = ?1 and at + (select keep_ms from rate where n = ?1) < ?2
    and n in (select n from call where rate = ?1 order by n limit 2)`)

  const rate = (): RateRow => {
    const known = select.get<RateRow>(name)
    if (known !== undefined) return known
    create.run(name)
    return select.get<RateRow>(name) as RateRow
  }

  /** How long until the next may go, with the time that was asked at. */
  const waitFor = (row: RateRow, at: number): number => {
    const before = places === 0 ? undefined : callAt.get<{ readonly at: number }>(row.n, row.calls + 1 - places)
    const due = spacingMs === 0 || row.next_due === null ? at : row.next_due - (burst - 1) * spacingMs
    return Math.max(before === undefined ? 0 : before.at + keepMs - at, (row.paused_until ?? at) - at, due - at)
  }

  /** In a transaction: takes place `number`, or the next one if it is free. Says when, or how long to wait. */
  const place = (number: number | null): Place | Wait => {
    const at = steadyTime()
    const row = rate()
    const waitMs = number === null ? waitFor(row, at) : 0
    if (waitMs > 0) return { waitMs }
    const mine = number ?? row.calls + 1
    if (places > 0) {
      putCall.run(row.n, mine, at + commitMs)
      if (number === null) update.run(mine, Math.max(row.next_due ?? at, at) + spacingMs, keepMs, row.n)
      forget.run(row.n, at)
    }
    return { number: mine, at: uptime() }
  }

  // A place is stamped with the time at which its caller will have it, some milliseconds from now: what writing it takes.
  let commitMs = 0
  let pausing: Promise<unknown> = Promise.resolve()

  /** Takes a place and gives 0, or how long to wait for one. */
  const take = async (signal: AbortSignal | undefined): Promise<number> => {
    const before = pausing
    pausing = Promise.resolve()
    await before
    for (let number: number | null = null; ; ) {
      const asked: number | null = number
      const result: Place | Wait = await whenFree(database.path, () => database.write(() => place(asked)), signal)
      if ('waitMs' in result) return result.waitMs
      const tookMs = uptime() - result.at
      if (places === 0 || tookMs <= commitMs) {
        commitMs = Math.max(tookMs, commitMs * 0.95)
        return 0
      }
      // Later than it says: stamped anew.
      commitMs = tookMs * 2
      number = result.number
    }
  }

  return {
    async acquire(signal) {
      signal?.throwIfAborted()
      const since = uptime()
      const done = await turn(signal)
      try {
        for (let ms = await take(signal); ms > 0; ms = await take(signal)) {
          onWait?.(ms)
          await clock.sleep(ms + Math.random() * Math.min(SPREAD_MS, windowMs / 100), signal)
        }
        return Math.max(0, uptime() - since)
      } finally {
        done()
      }
    },
    pauseUntil(epochMs) {
      check('the end of a pause', !Number.isNaN(epochMs), 'be a time')
      const note = whenFree(database.path, () =>
        database.write(() => pause.run(steadyTime() + (epochMs - clock.now()), rate().n)),
      )
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
