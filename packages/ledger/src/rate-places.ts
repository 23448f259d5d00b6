import type { Database } from './sqlite-driver.ts'

export interface RatePlacesOptions {
  readonly database: Database
  /** Of the limit: all who give the same name share it. */
  readonly name: string
  /** Of one who takes places, another for each. */
  readonly taker: string
  /** Calls per window; 0 to count none. */
  readonly places: number
  readonly windowMs: number
  /** How long a call is remembered: the window and what is added to it. */
  readonly keepMs: number
  readonly burst: number
}

/** What became of asking for a place: its number, or why not yet. */
export type Asked = { readonly place: number } | { readonly waitMs: number } | 'not-your-turn'

/** The places of a limit, in the database. All of it is to be called in a transaction, with the steady time. */
export interface RatePlaces {
  /** Takes the next place, if one is free and nobody waits longer. It is stamped `stampMs` ahead. */
  ask(now: number, stampMs: number): Asked
  /** Stamps a place anew, later. */
  restamp(place: number, at: number): void
  pause(until: number): void
  /** Outside a transaction: whether there is anything to ask for. */
  isOpen(): boolean
}

type RateRow = {
  readonly n: number
  readonly calls: number
  readonly paused_until: number | null
  readonly next_due: number | null
}

/** So long after its time a waiting process may come and still be the first; then it counts as gone. */
const GRACE_MS = 250

export function createRatePlaces(options: RatePlacesOptions): RatePlaces {
  const { database, name, taker, places, windowMs, keepMs, burst } = options
  const spacingMs = places > 0 && burst < places ? windowMs / places : 0

  const select = database.prepare('select * from rate where name = ?')
  const create = database.prepare('insert into rate (name) values (?)')
  const count = database.prepare('update rate set calls = ?, next_due = ?, keep_ms = max(keep_ms, ?) where n = ?')
  const setPause = database.prepare('update rate set paused_until = max(coalesce(paused_until, ?1), ?1) where n = ?2')
  const endPause = database.prepare('update rate set paused_until = null where n = ? and paused_until <= ?')
  const callAt = database.prepare('select at from call where rate = ? and n = ?')
  const stamp = database.prepare(
    'insert into call values (?, ?, ?) on conflict do update set at = max(at, excluded.at)',
  )
  // Two go for each that comes, so that old ones never pile up. Of different windows the longest counts.
  const forget = database.prepare(`delete from call where rate = ?1
    and at + (select keep_ms from rate where n = ?1) < ?2 and n in (select n from call where rate = ?1 order by n limit 2)`)
  const isBehind =
    database.prepare(`select 1 from waiting where rate = ?1 and taker <> ?2 and expected + ${GRACE_MS} >= ?3
    and since < coalesce((select since from waiting where rate = ?1 and taker = ?2), ?3) limit 1`)
  const wait = database.prepare(
    'insert into waiting values (?, ?, ?, ?) on conflict do update set expected = excluded.expected',
  )
  const stopWaiting = database.prepare(
    `delete from waiting where rate = ? and (taker = ? or expected + ${GRACE_MS} < ?)`,
  )

  const rate = (): RateRow => {
    const known = select.get<RateRow>(name)
    if (known !== undefined) return known
    create.run(name)
    return select.get<RateRow>(name) as RateRow
  }

  const waitMs = ({ n, calls, next_due, paused_until }: RateRow, now: number): number => {
    const leaving = places === 0 ? undefined : callAt.get<{ readonly at: number }>(n, calls + 1 - places)
    const windowOpens = leaving === undefined ? now : leaving.at + keepMs
    const nextDue = spacingMs === 0 || next_due === null ? now : next_due - (burst - 1) * spacingMs
    return Math.max(windowOpens, nextDue, paused_until ?? now) - now
  }

  return {
    ask(now, stampMs) {
      const row = rate()
      const ms = waitMs(row, now)
      if (ms > 0 || isBehind.get(row.n, taker, now) !== undefined) {
        wait.run(row.n, taker, now, now + Math.max(ms, 0))
        return ms > 0 ? { waitMs: ms } : 'not-your-turn'
      }
      stopWaiting.run(row.n, taker, now)
      endPause.run(row.n, now)
      const place = row.calls + 1
      if (places > 0) {
        stamp.run(row.n, place, now + stampMs)
        count.run(place, Math.max(row.next_due ?? now, now) + spacingMs, keepMs, row.n)
        forget.run(row.n, now)
      }
      return { place }
    },
    restamp: (place, at) => void stamp.run(rate().n, place, at),
    pause: (until) => void setPause.run(until, rate().n),
    isOpen: () => places === 0 && select.get<RateRow>(name)?.paused_until == null,
  }
}
