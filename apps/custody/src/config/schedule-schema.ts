import { CustodyError } from '@custody/pipeline'
import { type Period, parseSchedule, type Schedule, type ScheduleOptions, type Weekday } from '@custody/schedule'
import { z } from 'zod'

/** What of an org is archived when, as it is written, defaults filled in. */
export interface ScheduleConfig {
  readonly every: Period
  readonly start: string
  readonly settle: string
  readonly timeZone: string
  readonly weekStartsOn?: Weekday | undefined
  readonly overdueAfter?: string | undefined
  /** How much of the time before a due window is read again with it. */
  readonly overlap: string
  /** Each sealed window is read again about once in so many runs; 0: never. */
  readonly audit: number
}

/** A schedule as it is followed. */
export interface OrgSchedule {
  readonly schedule: Schedule
  readonly overlapMs: number
  /** See {@link ScheduleConfig.audit}. */
  readonly audit: number
}

const periods = ['hour', 'day', 'week', 'month', 'quarter'] as const satisfies readonly Period[]
const weekdays = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const satisfies readonly Weekday[]

const overlapForm = /^(\d{1,4})([mhd])$/
const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const
/** More would be reading months again each time: that is what `audit` is for. */
const longestOverlapMs = 31 * unitMs.d

/** Which key a code of `@custody/schedule` is about. */
const keyOfCode: Readonly<Record<string, keyof ScheduleConfig>> = {
  SCHEDULE_EVERY: 'every',
  SCHEDULE_START: 'start',
  SCHEDULE_SETTLE: 'settle',
  SCHEDULE_TIME_ZONE: 'timeZone',
  SCHEDULE_WEEK: 'weekStartsOn',
  SCHEDULE_OVERDUE: 'overdueAfter',
}

export const scheduleSchema: z.ZodType<ScheduleConfig> = z
  .strictObject({
    every: z.enum(periods).describe('How long a window is.'),
    start: z.string().describe('Where the first window begins: a date in the time zone, or a time with its offset.'),
    settle: z
      .string()
      .default('2h')
      .describe('How long after its end a window is left to settle, 65m to 31d: Data 360 lags one hour.'),
    timeZone: z.string().default('UTC').describe('In whose days, weeks and months windows are cut: Europe/Berlin.'),
    weekStartsOn: z.enum(weekdays).optional().describe('For weeks alone. Default: monday.'),
    overdueAfter: z
      .string()
      .optional()
      .describe(
        'How long after it became due a window is overdue, 1m to 366d. Default: when the next one becomes due, but after three days at most.',
      ),
    overlap: z
      .string()
      .refine((text) => readOverlap(text) !== null, { error: 'must be minutes, hours or days up to 31d, such as 1d' })
      .default('1d')
      .describe('How much of the time before a due window is read again with it: late and changed messages show.'),
    audit: z
      .number()
      .int()
      .min(0)
      .max(1000)
      .default(12)
      .describe('Each sealed window is read again about once in so many runs; 0: never.'),
  })
  .superRefine((config, context) => {
    try {
      parseSchedule(optionsOf(config))
    } catch (error) {
      if (!CustodyError.isInstance(error)) throw error
      const key = keyOfCode[error.code]
      const [action] = error.actions
      context.addIssue({
        code: 'custom',
        ...(key !== undefined && { path: [key] }),
        message: error.message,
        ...(action !== undefined && { params: { action } }),
      })
    }
  })
  .describe('What is due when: custody archive --due archives it, custody status says what is overdue.')

/** The schedule of a checked configuration, ready to be followed. */
export function followed(config: ScheduleConfig): OrgSchedule {
  return {
    schedule: parseSchedule(optionsOf(config)),
    overlapMs: readOverlap(config.overlap) ?? 0,
    audit: config.audit,
  }
}

function optionsOf({ every, start, settle, timeZone, weekStartsOn, overdueAfter }: ScheduleConfig): ScheduleOptions {
  return {
    every,
    start,
    settle,
    timeZone,
    ...(weekStartsOn !== undefined && { weekStartsOn }),
    ...(overdueAfter !== undefined && { overdueAfter }),
  }
}

/** Milliseconds; null for what is none, or too long. */
function readOverlap(text: string): number | null {
  const [, number, unit] = overlapForm.exec(text) ?? []
  if (unit === undefined) return null
  const ms = Number(number) * unitMs[unit as keyof typeof unitMs]
  return ms <= longestOverlapMs ? ms : null
}
