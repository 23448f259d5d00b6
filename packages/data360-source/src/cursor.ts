import { type Checkpoint, usageError } from '@custody/pipeline'
import { z } from 'zod'

/** Where a run stands. */
export interface Cursor {
  /** The last conversation that was read whole; null before the first. */
  readonly after: string | null
  /** How many different entries were read so far. */
  readonly entries: number
  /** Whether all conversations were read, and what belongs to none was told. */
  readonly isDone: boolean
}

const cursorSchema = z.object({
  after: z.string().max(255).nullable(),
  entries: z.number().int().nonnegative(),
  isDone: z.boolean(),
})

export const data360Name = 'data360'

export function toCheckpoint(cursor: Cursor): Checkpoint {
  return { source: data360Name, cursor: JSON.stringify(cursor) }
}

/** @throws CustodyError `DATA360_CHECKPOINT` (usage) for a checkpoint of another source. */
export function readCheckpoint({ source, cursor }: Checkpoint): Cursor {
  if (source === data360Name) {
    try {
      return cursorSchema.parse(JSON.parse(cursor))
    } catch {
      // Said below: what is in it does not matter.
    }
  }
  throw usageError('DATA360_CHECKPOINT', 'data360: after is no checkpoint of this source', 'Start the run anew.')
}
