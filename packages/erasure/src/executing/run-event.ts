import type { Outcome, Target, TargetState } from '../target.ts'

/** What happens while deletions run or are confirmed. Identifiers of the trade, codes and counts alone. */
export type ErasureRunEvent =
  /** One target is in another state, or has another outcome. */
  | {
      readonly type: 'target-moved'
      readonly request: string
      readonly target: string
      readonly state: TargetState
      readonly outcome: Outcome
      readonly ground: string | null
    }
  /** The hour of this user is used up: nothing is sent by it for so long. */
  | { readonly type: 'deletion-wait'; readonly user: string; readonly waitMs: number }
  /** So many records are through, of all. */
  | { readonly type: 'deletion-progress'; readonly done: number; readonly of: number }

export function movedEvent({ request, pseudonym, state, outcome, ground }: Target): ErasureRunEvent {
  return { type: 'target-moved', request, target: pseudonym, state, outcome, ground }
}
