import type { OrgClient } from '@custody/http'
import { abortable, type Clock } from '@custody/pipeline'
import { countLiveSessions } from '@custody/records-source'
import { codeOf } from './daily-calls.ts'
import type { HeadroomEvent } from './headroom-event.ts'

export interface ActiveHeadroomOptions {
  readonly org: OrgClient
  readonly apiVersion: string
  /** How many conversations the org can hold active. */
  readonly limit: number
  /** So many of them stay free; 0 not to look. */
  readonly floor: number
  /** How many of them reading holds. */
  readonly held: () => Promise<number>
  readonly clock: Clock
  /** Ends what is asked for this. */
  readonly signal: AbortSignal
  readonly onEvent: (event: HeadroomEvent) => void
}

/** How long a count of live sessions holds while there is room. */
const countHoldsMs = 300_000
const waitMs = 60_000

/**
 * Waits until the org has room for one more active conversation beside those of its customers: without room, *customers cannot
 * start new ones*. No API tells how many are active, so the live sessions are counted; where that fails too, it waits for nothing.
 */
export function keepActiveHeadroom(options: ActiveHeadroomOptions): (signal?: AbortSignal) => Promise<void> {
  const { org, apiVersion, limit, floor, held, clock, onEvent } = options
  let counting: Promise<number | null> | null = null
  let countedAt = 0
  let toldOf: unknown = null

  /** One count for all lanes. */
  const live = (maxAgeMs: number): Promise<number | null> => {
    const now = clock.now()
    if (counting !== null && Math.abs(now - countedAt) < maxAgeMs) return counting
    countedAt = now
    counting = countLiveSessions({ org, apiVersion, now, signal: options.signal }).catch((error: unknown) => {
      options.signal.throwIfAborted()
      // Of kind refused: the floor of daily calls, which ends the run.
      const code = codeOf(error)
      if (code === 'DAILY_CALLS_FLOOR') throw error
      onEvent({ type: 'headroom-unknown', of: 'active-conversations', code })
      return null
    })
    counting.catch(() => undefined)
    return counting
  }

  return async (signal) => {
    if (floor === 0) return
    for (let maxAgeMs = countHoldsMs; ; maxAgeMs = waitMs / 2) {
      const count = live(maxAgeMs)
      const customers = await abortable(count, signal)
      if (customers === null) return
      const ours = await held()
      if (limit - customers - ours >= floor) return
      if (toldOf !== count) onEvent({ type: 'headroom-wait', live: customers, held: ours, limit, floor, waitMs })
      toldOf = count
      await clock.sleep(waitMs, signal)
    }
  }
}
