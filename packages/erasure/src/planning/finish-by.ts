import type { TargetKind } from '../target.ts'

/** Calls of each of the two operations. */
export type Calls = Readonly<Record<TargetKind, number>>

/** How fast deletions can go. */
export interface Pace {
  /** How many execution users share the calls. */
  readonly users: number
  /** Calls of one operation that one of them makes in an hour. */
  readonly perHour: number
}

const hourMs = 3_600_000

/** When the last of the calls is made, in epoch milliseconds, where `ahead` goes first. Each operation has a limit of its own. */
export function finishBy(calls: Calls, ahead: Calls, { users, perHour }: Pace, now: number): number {
  const each = Math.max(1, users * perHour)
  const hours = (kind: TargetKind): number =>
    calls[kind] === 0 ? 0 : Math.ceil((ahead[kind] + calls[kind]) / each) - 1
  return now + Math.max(hours('end-user'), hours('conversation')) * hourMs
}
