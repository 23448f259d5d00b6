import type { TimeRange } from './time-range.ts'

/** A gap as it is noted. */
export interface NewGap {
  /** The time in which something is missing. */
  readonly window: TimeRange
  /** What is wrong, as the archive's list of gaps says. */
  readonly code: string
  /** The conversation it is about; left out for the window as a whole. */
  readonly conversation?: string
}

/** Something that an archive lacks. */
export interface Gap {
  readonly id: number
  readonly org: string
  readonly window: TimeRange
  readonly code: string
  /** The keyed hash, hex. */
  readonly conversation: string | null
  readonly foundIn: string
  readonly archive: string
  /** The archived run that read what was missing. */
  readonly filledBy: string | null
}
