import { type Checkpoint, usageError } from '@custody/pipeline'
import { z } from 'zod'

/** The passes of a census, in their order. */
export const passes = ['conversations', 'outlyingSessions', 'orphans'] as const
export type PassName = (typeof passes)[number]

/** Where a census stands. */
export interface Cursor {
  readonly pass: PassName | 'done'
  /** The key of the last row of the pass; null before its first. */
  readonly after: readonly string[] | null
  /** How many sessions of the window were met so far. */
  readonly sessions: number
}

const cursorSchema = z.object({
  pass: z.enum([...passes, 'done']),
  after: z
    .array(z.string().regex(/^[a-zA-Z0-9]{15,18}$/))
    .min(1)
    .max(2)
    .nullable(),
  sessions: z.number().int().nonnegative(),
})

export const censusName = 'census'

export function toCheckpoint(cursor: Cursor): Checkpoint {
  return { source: censusName, cursor: JSON.stringify(cursor) }
}

/** @throws CustodyError `CENSUS_CHECKPOINT` (usage) for a checkpoint of another source, or none of a census. */
export function readCheckpoint({ source, cursor }: Checkpoint): Cursor {
  if (source === censusName) {
    try {
      return cursorSchema.parse(JSON.parse(cursor))
    } catch {
      // Said below: what is in it does not matter.
    }
  }
  throw usageError('CENSUS_CHECKPOINT', 'census: after is no checkpoint of a census', 'Start the run anew.')
}
