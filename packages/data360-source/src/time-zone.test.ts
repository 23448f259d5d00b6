import { parseJson } from '@custody/model'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTimeZone, epochToWall, wallToEpoch } from './time-zone.ts'
import { createTimestamps } from './timestamp.ts'

const zones = Intl.supportedValuesOf('timeZone')
const zone = fc.constantFrom(
  ...zones,
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Antarctica/Troll',
)
// TypeScript's library does not know it yet.
const { PlainDateTime } = Reflect.get(globalThis, 'Temporal') as {
  readonly PlainDateTime: {
    from(wall: string): {
      toZonedDateTime(zone: string, options: { disambiguation: string }): { readonly epochMilliseconds: number }
    }
  }
}

// Since there are transcripts, and some way ahead.
const instant = fc.integer({ min: Date.UTC(2012, 0, 1), max: Date.UTC(2037, 0, 1) })

describe('a wall time becomes the instant', () => {
  test('that the platform itself makes of it, across every change of clocks', () => {
    fc.assert(
      fc.property(zone, instant, (id, epochMs) => {
        const wall = new Date(epochMs).toISOString().slice(0, -1)
        const expected = PlainDateTime.from(wall).toZonedDateTime(id, { disambiguation: 'compatible' })
        expect(wallToEpoch(epochMs, createTimeZone(id))).toBe(expected.epochMilliseconds)
      }),
      { numRuns: 1_000 },
    )
  }, 20_000)

  test('in hours shown twice and hours skipped', () => {
    const berlin = createTimeZone('Europe/Berlin')
    const at = (text: string): string => new Date(wallToEpoch(Date.parse(`${text}Z`), berlin)).toISOString()
    expect(at('2026-10-25T01:59:59.999')).toBe('2026-10-24T23:59:59.999Z')
    expect(at('2026-10-25T02:30:00')).toBe('2026-10-25T00:30:00.000Z')
    expect(at('2026-10-25T03:00:00')).toBe('2026-10-25T02:00:00.000Z')
    expect(at('2026-03-29T01:59:59.999')).toBe('2026-03-29T00:59:59.999Z')
    expect(at('2026-03-29T02:30:00')).toBe('2026-03-29T01:30:00.000Z')
    expect(at('2026-03-29T03:00:00')).toBe('2026-03-29T01:00:00.000Z')
  })
})

describe('timestamps', () => {
  const asLabelled = createTimestamps({ timeZone: 'UTC', timestampsAre: 'as-labelled' })
  test.each([
    ['2024-03-22 05:47:10.000 UTC', '2024-03-22T05:47:10.000Z'],
    ['2020-09-28T00:00:00.000+00:00', '2020-09-28T00:00:00.000Z'],
    ['2020-09-28T02:00:00.000+02:00', '2020-09-28T00:00:00.000Z'],
    ['2026-10-01T00:00:00Z', '2026-10-01T00:00:00.000Z'],
    ['2026-10-01T00:00:00.1239Z', '2026-10-01T00:00:00.123Z'],
    ['2026-10-01 00:00:00', '2026-10-01T00:00:00.000Z'],
    ['2026-10-01T00:00', '2026-10-01T00:00:00.000Z'],
    ['2026-02-30 00:00:00', null],
    ['yesterday', null],
    ['', null],
    [null, null],
    [1_790_812_800_000, '2026-10-01T00:00:00.000Z'],
  ])('%j', (value, expected) => {
    expect(asLabelled.toInstant(value)).toBe(expected)
  })

  test('kept as text for their length', () => {
    expect(asLabelled.toInstant(parseJson('1790812800000.00000000000001'))).toBe('2026-10-01T00:00:00.000Z')
  })

  test('without a zone are of the zone given, and others are not', () => {
    const { toInstant } = createTimestamps({ timeZone: 'America/Sao_Paulo', timestampsAre: 'as-labelled' })
    expect(toInstant('2026-10-01 00:00:00')).toBe('2026-10-01T03:00:00.000Z')
    expect(toInstant('2026-10-01T00:00:00Z')).toBe('2026-10-01T00:00:00.000Z')
  })

  test('labelled UTC are wall time where that is said, and other labels are trusted', () => {
    const { toInstant } = createTimestamps({ timeZone: 'UTC', timestampsAre: 'America/Sao_Paulo' })
    for (const text of ['2026-10-01T00:00:00Z', '2026-10-01 00:00:00.000 UTC', '2026-10-01T00:00:00.000+00:00']) {
      expect(toInstant(text)).toBe('2026-10-01T03:00:00.000Z')
    }
    expect(toInstant('2026-10-01T00:00:00-03:00')).toBe('2026-10-01T03:00:00.000Z')
    expect(toInstant('2026-10-01T00:00:00+02:00')).toBe('2026-09-30T22:00:00.000Z')
  })
})

describe('the filter', () => {
  test('is the window itself where nothing is said of zones', () => {
    const window = { from: '2026-10-01T00:00:00.000Z', to: '2026-10-02T00:00:00.000Z' }
    expect(createTimestamps({ timeZone: 'UTC', timestampsAre: 'as-labelled' }).toFilter(window)).toEqual(window)
  })

  test.each([
    // In the hour shown twice, the window ends in its second pass and the entry reads as of its first.
    ['Europe/Berlin', '2026-10-25T00:00:00.000Z', '2026-10-25T01:10:00.000Z', '2026-10-25T02:30:00.000'],
    // In the hour skipped, the window begins behind it and the entry says it is in it.
    ['America/New_York', '2026-03-08T07:10:00.000Z', '2026-03-08T08:00:00.000Z', '2026-03-08T02:30:00.000'],
  ])('in %s from %s to %s lets %s through where clocks are turned', (timestampsAre, from, to, digits) => {
    const { toInstant, toFilter } = createTimestamps({ timeZone: 'UTC', timestampsAre })
    const read = toInstant(`${digits}Z`) as string
    expect(read >= from && read < to).toBe(true)
    const filter = toFilter({ from, to })
    expect(`${digits}Z` >= filter.from && `${digits}Z` < filter.to).toBe(true)
  })

  test('never leaves out what its reading places in the window, whichever way times are written', () => {
    const written = fc.constantFrom('wall', 'wall labelled UTC', 'UTC')
    fc.assert(
      fc.property(
        zone,
        instant,
        instant,
        fc.nat(86_400_000),
        written,
        fc.boolean(),
        (id, from, at, length, how, all) => {
          const start = all ? from : at - (length >> 1)
          const window = { from: new Date(start).toISOString(), to: new Date(start + length + 1).toISOString() }
          const own = createTimestamps(
            how === 'wall'
              ? { timeZone: id, timestampsAre: 'as-labelled' }
              : { timeZone: 'UTC', timestampsAre: how === 'UTC' ? 'as-labelled' : id },
          )
          const shown = how === 'UTC' ? at : epochToWall(at, createTimeZone(id))
          const digits = new Date(shown).toISOString()
          const read = own.toInstant(how === 'wall' ? digits.slice(0, -1) : digits) as string
          if (read < window.from || read >= window.to) return
          const filter = own.toFilter(window)
          expect(digits >= filter.from && digits < filter.to).toBe(true)
        },
      ),
      { numRuns: 1_000 },
    )
  }, 20_000)
})
