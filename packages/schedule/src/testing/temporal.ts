interface ZonedDateTime {
  readonly epochMilliseconds: number
  readonly offsetNanoseconds: number
  getTimeZoneTransition(direction: 'next'): ZonedDateTime | null
}

/** What the tests ask of Temporal. TypeScript's library does not know it yet, and Node 24 has none: null there. */
export const temporal = (Reflect.get(globalThis, 'Temporal') ?? null) as {
  readonly Instant: { fromEpochMilliseconds(epochMs: number): { toZonedDateTimeISO(zone: string): ZonedDateTime } }
  readonly PlainDate: { from(date: string): { toZonedDateTime(zone: string): ZonedDateTime } }
} | null
