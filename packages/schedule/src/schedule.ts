import type { Period, Weekday } from './calendar.ts'
import type { Instant } from './instant.ts'

/** What is archived when: checked, with all defaults filled in. Made by `parseSchedule`. */
export interface Schedule {
  readonly every: Period
  /** How long after its end a window is left to settle, in milliseconds of elapsed time. */
  readonly settleMs: number
  /** In whose days, weeks and months windows are cut: a name of the IANA time zone database. */
  readonly timeZone: string
  /** Where the first window begins. */
  readonly start: Instant
  /** Of interest to weeks alone. */
  readonly weekStartsOn: Weekday
  /** How long after it became due a window is overdue, in milliseconds; null: see `ScheduleOptions.overdueAfter`. */
  readonly overdueAfterMs: number | null
}
