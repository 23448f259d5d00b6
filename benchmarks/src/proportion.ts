/** How many of a number of cases. Intervals come from `wilson()` of `@custody/redact`. */
export interface Proportion {
  readonly hits: number
  readonly total: number
}

/** The share itself; of nothing it is undefined. */
export function shareOf({ hits, total }: Proportion): number | undefined {
  return total === 0 ? undefined : hits / total
}
