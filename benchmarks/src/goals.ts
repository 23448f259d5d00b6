import { shareOf } from './proportion.ts'
import type { Score } from './score.ts'

/** What has to be reached, in shares. */
export interface Goal {
  readonly recall: number
  readonly precision: number
  readonly leak?: number
}

const structured: Goal = { recall: 0.99, precision: 0.97 }

/** Types without a goal are measured all the same. */
export const goals: Readonly<Record<string, Goal>> = {
  EMAIL: structured,
  URL: structured,
  IP_ADDRESS: structured,
  IBAN: structured,
  NATIONAL_ID: structured,
  TAX_ID: structured,
  CARD: { recall: 1, precision: 0.99 },
  PHONE: { recall: 0.97, precision: 0.94, leak: 0.03 },
}

/** Clean messages that may come back changed, as a share of all. */
export const alteredGoal: number = 0.1 / 1000

/** The goal as it stands in the table; empty where there is none. */
export function goalText(type: string): string {
  const goal = goals[type]
  if (!goal) return ''
  const leak = goal.leak === undefined ? '' : ` / ${goal.leak * 100}`
  return `${goal.recall * 100} / ${goal.precision * 100}${leak}`
}

/** Whether a score reaches its goal. A share of nothing misses no goal. */
export function isReached(type: string, { recall, precision, leak }: Score): boolean {
  const goal = goals[type]
  if (!goal) return true
  return (
    (shareOf(recall) ?? 1) >= goal.recall &&
    (shareOf(precision) ?? 1) >= goal.precision &&
    (shareOf(leak) ?? 0) <= (goal.leak ?? 1)
  )
}
