/** The zone of the machine. */
export function localZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** All zones of the time zone database that the browser knows, UTC first. */
export function zoneNames(): readonly string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
}

/** How times are written in a zone. */
export interface ZonedTimes {
  readonly zone: string
  /** `1 Oct 2026, 08:30` */
  short(instant: string): string
  /** `Thursday, 1 October 2026` */
  day(instant: string): string
  /** `08:30:12` */
  time(instant: string): string
  /** `1 October 2026, 08:30:12.345 GMT+2`: with the offset, for a change of the clock makes an hour twice. */
  full(instant: string): string
}

export function zonedTimes(zone: string): ZonedTimes {
  const format = (options: Intl.DateTimeFormatOptions): ((instant: string) => string) => {
    const formatter = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options })
    return (instant) => {
      const time = Date.parse(instant)
      return Number.isNaN(time) ? instant : formatter.format(time)
    }
  }
  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
  return {
    zone,
    short: format({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }),
    day: format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    time: format(clock),
    full: format({
      ...clock,
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      fractionalSecondDigits: 3,
      timeZoneName: 'shortOffset',
    }),
  }
}

/**
 * When a day begins in a zone, as an instant; `2026-10-01` plus `days`. Where the clock skips midnight, the first instant after it.
 */
export function startOfDay(date: string, zone: string, days = 0): string {
  const wanted = Date.parse(`${date}T00:00:00.000Z`) + days * 86_400_000
  // The offset may change during the day: what is found with the one of the guess is guessed with again.
  let guess = wanted
  for (let round = 0; round < 3; round += 1) guess = wanted - offsetAt(guess, zone)
  return new Date(guess).toISOString()
}

/** How far the wall clock of a zone is ahead of UTC, in milliseconds. */
function offsetAt(time: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(time)
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value)
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return wall - Math.floor(time / 1000) * 1000
}
