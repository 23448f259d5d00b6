import { usageError } from '@custody/pipeline'

/** Half-open `[from, to)`, ISO 8601 UTC with milliseconds. */
export interface TimeRange {
  readonly from: string
  readonly to: string
}

/** The range in epoch milliseconds. @throws CustodyError `LEDGER_WINDOW` (usage) */
export function toMilliseconds({ from, to }: TimeRange): { readonly opens: number; readonly closes: number } {
  const [opens, closes] = [instantToMs(from), instantToMs(to)]
  if (opens === null || closes === null || opens >= closes) {
    throw usageError('LEDGER_WINDOW', 'A window needs `from` before `to`, both like 2026-10-01T00:00:00.000Z.')
  }
  return { opens, closes }
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Null for what is not in that one form. */
export function instantToMs(text: string): number | null {
  if (typeof text !== 'string' || !instant.test(text)) return null
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? null : ms
}

export function msToInstant(ms: number): string {
  return new Date(ms).toISOString()
}

export function msToInstantOrNull(ms: number | null): string | null {
  return ms === null ? null : msToInstant(ms)
}
