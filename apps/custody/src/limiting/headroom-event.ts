import type { Console } from '../console.ts'

/** What the org leaves to others, when it is little or nobody knows. */
export type HeadroomEvent =
  /** Too few of the org's active conversations are free: no further one is read for `waitMs` from now. */
  | {
      readonly type: 'headroom-wait'
      /** Conversations of customers, as far as they can be counted. */
      readonly live: number
      /** Those that reading keeps active, in all processes of the machine. */
      readonly held: number
      readonly limit: number
      readonly floor: number
      readonly waitMs: number
    }
  /** The org did not tell; the run goes on, and asks again later. */
  | {
      readonly type: 'headroom-unknown'
      readonly of: 'active-conversations' | 'daily-calls'
      /** Of the error. */
      readonly code: string
    }

/** Tells people and programs. */
export function tellHeadroom(console: Console): (event: HeadroomEvent) => void {
  return (event) => {
    console.event(event)
    console.talk(lineFor(event))
  }
}

function lineFor(event: HeadroomEvent): string {
  if (event.type === 'headroom-unknown') {
    const what = event.of === 'daily-calls' ? 'API calls are left today' : 'conversations are active'
    return `The org does not tell how many ${what} [${event.code}]; the run goes on.`
  }
  const { live, held, limit, floor, waitMs } = event
  return `Waiting ${Math.round(waitMs / 1_000)} s and asking again: of ${limit} active conversations ${live} are customers' and ${held} ours; ${floor} stay free (limits.activeConversationsFloor, limits.orgActiveConversations).`
}
