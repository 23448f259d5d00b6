import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { instant, oddZones, zone } from './testing/schedules.ts'
import { temporal } from './testing/temporal.ts'
import { offsetReader, offsetSpans } from './zone-offsets.ts'

const from = Date.UTC(1999, 11, 1)
const until = Date.UTC(2039, 0)

describe.skipIf(temporal === null)('offsets are those of Temporal', () => {
  // A zone that changed its clocks twice within a day would be cut wrongly: asked of all of them when there is time.
  test('at every change of clocks', () => {
    for (const id of process.env['SLOW'] ? Intl.supportedValuesOf('timeZone') : oddZones) {
      const changes: string[] = []
      let last: number | undefined
      for (const span of offsetSpans(id, from)) {
        if (span.from >= until) break
        if (last !== undefined && span.offset !== last) changes.push(`${span.from} ${span.offset}`)
        last = span.offset
      }
      expect(changes, id).toEqual(transitions(id))
    }
  }, 120_000)

  test('at any instant', () => {
    fc.assert(
      fc.property(zone, instant, (id, epochMs) => {
        const expected = temporal?.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(id).offsetNanoseconds
        expect(offsetReader(id)(epochMs) * 1e6).toBe(expected)
      }),
      { numRuns: 500 },
    )
  })
})

test.each([
  ['UTC', 0],
  ['Asia/Kathmandu', 5.75],
  ['America/St_Johns', -3.5],
  ['Pacific/Kiritimati', 14],
  ['Etc/GMT+12', -12],
])('%s is %d hours ahead in winter', (id, hours) => {
  expect(offsetReader(id)(Date.UTC(2026, 0))).toBe(hours * 3_600_000)
})

test('spans follow each other without a gap', () => {
  fc.assert(
    fc.property(zone, instant, (id, start) => {
      let end = start
      for (const span of offsetSpans(id, start).take(400)) {
        expect(span.from).toBe(end)
        expect(span.to).toBeGreaterThan(span.from)
        end = span.to
      }
    }),
    { numRuns: 20 },
  )
})

function transitions(id: string): readonly string[] {
  const found: string[] = []
  let at = temporal?.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(id)
  let offset = at?.offsetNanoseconds
  while (at !== undefined) {
    at = at.getTimeZoneTransition('next') ?? undefined
    if (at === undefined || at.epochMilliseconds >= until) break
    if (at.offsetNanoseconds !== offset) found.push(`${at.epochMilliseconds} ${at.offsetNanoseconds / 1e6}`)
    offset = at.offsetNanoseconds
  }
  return found
}
