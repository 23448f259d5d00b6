import type { Replaced } from './redactor.ts'

/** A replacement, for reports. Whoever passes it on leaves the value out. */
export interface Found {
  readonly type: string
  readonly detector: string
  readonly action: string
  readonly start: number
  readonly length: number
  /** As in {@link Span}. */
  readonly score: number
  /** The normalised value; null for what was taken out unread. */
  readonly value: string | null
}

/** Told of each replacement. `path` names where, in its redacted form. */
export type Report = (path: string, replaced: Found) => void

export function reported({ type, detector, action, start, end, score, value }: Replaced): Found {
  return { type, detector, action, start, length: end - start, score, value }
}

/** A field that was replaced as a whole because of what it is. */
export function wholeField(type: string, action: string, length: number, value: string | null): Found {
  return { type, detector: 'field-policy', action, start: 0, length, score: 1, value }
}
