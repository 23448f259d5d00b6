import { readFileSync } from 'node:fs'
import { type Clock, systemClock } from '@custody/pipeline'
import type { Database } from './sqlite-driver.ts'

/** How long the machine runs: the same for all its processes, and nobody sets it. */
export interface Uptime {
  /** Milliseconds. */
  readonly now: () => number
  /** Tells one start of the machine from another; null where the system does not say. */
  readonly boot: string | null
}

/** A clock that is given (a test's) is all the time there is. */
export function uptimeOf(clock: Clock): Uptime {
  if (clock !== systemClock) return { now: () => clock.now(), boot: null }
  // CLOCK_MONOTONIC and its like elsewhere: one for the machine, not for the process.
  return { now: () => Number(process.hrtime.bigint()) / 1e6, boot: bootId() }
}

type Steady = {
  readonly now_ms: number
  readonly uptime_ms: number
  readonly wall_ms: number
  readonly boot: string | null
}

/**
 * A time for all processes that share a database, to be asked for in a transaction. It never goes back, and never faster
 * than the machine's own: setting the clock, by an hour or a year, moves it no more than the machine ran meanwhile. Over a
 * restart it goes on where it was left, rather too slowly: a limit may take longer to open again then, and never opens early.
 */
export function createSharedSteadyTime(database: Database, clock: Clock, uptime: Uptime): () => number {
  const last = database.prepare('select * from steady')
  const note = database.prepare(`insert into steady values (1, ?, ?, ?, ?) on conflict do update set
    now_ms = excluded.now_ms, uptime_ms = excluded.uptime_ms, wall_ms = excluded.wall_ms, boot = excluded.boot`)
  return () => {
    const [wall, up, boot] = [clock.now(), uptime.now(), uptime.boot]
    const before = last.get<Steady>()
    const now = before === undefined ? 0 : before.now_ms + elapsed(before, { up, wall, boot })
    note.run(now, up, wall, boot)
    return now
  }
}

function elapsed(
  before: Steady,
  { up, wall, boot }: { readonly up: number; readonly wall: number; readonly boot: string | null },
): number {
  if (before.boot === boot && up >= before.uptime_ms) return up - before.uptime_ms
  // Another start of the machine, or another machine: both clocks bound what can have passed.
  return Math.max(0, Math.min(wall - before.wall_ms, up))
}

function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return null
  }
}
