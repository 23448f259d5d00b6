import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HeldSubject, Hold, HoldScope } from '../hold.ts'
import { noon } from '../testing/sample-store.ts'
import { type StandingOptions, standing } from './standing.ts'

const subject: HeldSubject = {
  endUserIds: ['0PAxx0000000001GAA'],
  contactIds: ['003xx0000000001'],
  conversations: ['c-1', 'c-2'],
  times: [{ from: '2026-10-10T10:00:00.000Z', to: '2026-10-10T11:00:00.000Z' }],
}

function hold(scope: HoldScope, changes: Partial<Hold> = {}): Hold {
  return {
    id: 'H-1',
    matter: 'M-1',
    ground: 'legal-hold',
    scope,
    author: 'op-1',
    expiresOn: null,
    placedAt: '2026-11-01T00:00:00.000Z',
    releaseAskedBy: null,
    releaseAskedAt: null,
    releaseAskedFor: null,
    releasedAt: null,
    releasedBy: null,
    releaseConfirmedBy: null,
    ...changes,
  }
}

function ask(options: Partial<StandingOptions> = {}): ReturnType<typeof standing> {
  return standing({ holds: [], subject, now: noon, minimumRetention: null, ...options })
}

const everything = hold({ type: 'everything' })

describe('what a hold covers', () => {
  test.each<readonly [HoldScope, boolean]>([
    [{ type: 'everything' }, true],
    [{ type: 'end-user', ids: ['0PAxx0000000009', '0PAxx0000000001'] }, true],
    [{ type: 'end-user', ids: ['0PAxx0000000009'] }, false],
    [{ type: 'contact', ids: ['003xx0000000001AAA'] }, true],
    [{ type: 'contact', ids: ['0PAxx0000000001GAA'] }, false],
    [{ type: 'conversation', ids: ['c-2'] }, true],
    [{ type: 'conversation', ids: ['C-2'] }, false],
    [{ type: 'window', from: '2026-10-10', to: '2026-10-11' }, true],
    [{ type: 'window', from: '2026-10-11', to: '2026-10-12' }, false],
    [{ type: 'window', from: '2026-10-01', to: '2026-10-10' }, false],
  ])('%o: %s', (scope, covered) => {
    expect(ask({ holds: [hold(scope)] }).verdict).toBe(covered ? 'withhold' : 'erase')
  })

  test('a window is half-open, to the millisecond', () => {
    const window = hold({ type: 'window', from: '2026-10-10', to: '2026-10-11' })
    const at = (from: string, to = from) =>
      ask({ holds: [window], subject: { ...subject, times: [{ from, to }] } }).verdict
    expect(at('2026-10-09T23:59:59.999Z')).toBe('erase')
    expect(at('2026-10-10T00:00:00.000Z')).toBe('withhold')
    expect(at('2026-10-10T23:59:59.999Z')).toBe('withhold')
    expect(at('2026-10-11T00:00:00.000Z')).toBe('erase')
    expect(at('2026-10-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z')).toBe('withhold')
  })

  test('what is not known is held', () => {
    const window = hold({ type: 'window', from: '2020-01-01', to: '2020-01-02' })
    for (const times of [null, [{ from: 'never', to: 'never' }]]) {
      expect(ask({ holds: [window], subject: { ...subject, times } }).verdict).toBe('withhold')
      expect(ask({ minimumRetention: '1d', subject: { ...subject, times } }).verdict).toBe('withhold')
    }
    expect(ask({ holds: [window], subject: { ...subject, times: [] } }).verdict).toBe('erase')
  })

  test('neither released nor over', () => {
    expect(ask({ holds: [{ ...everything, releasedAt: '2026-11-20T00:00:00.000Z', releasedBy: 'op' }] }).verdict).toBe(
      'erase',
    )
    expect(ask({ holds: [{ ...everything, expiresOn: '2026-11-21' }] }).verdict).toBe('erase')
    expect(ask({ holds: [{ ...everything, expiresOn: '2026-11-22' }] }).verdict).toBe('withhold')
    // That somebody asks for its end does not end it.
    expect(
      ask({ holds: [{ ...everything, releaseAskedBy: 'op', releaseAskedAt: '2026-11-20T00:00:00.000Z' }] }).verdict,
    ).toBe('withhold')
  })
})

test.each([
  ['42d', 'erase', null],
  ['43d', 'withhold', '2026-11-22'],
  ['1m', 'erase', null],
  ['2m', 'withhold', '2026-12-10'],
  ['6y', 'withhold', '2032-10-10'],
])('a retention of %s: %s', (minimumRetention, verdict, until) => {
  expect(ask({ minimumRetention })).toMatchObject({ verdict, ...(until && { hindrances: [{ hold: null, until }] }) })
})

test.each(['', '0d', '1w', '-1d', '1 y', '10000d'])('%j is no retention', (minimumRetention) => {
  expect(() => ask({ minimumRetention })).toThrow(expect.objectContaining({ code: 'ERASURE_RETENTION' }))
})

test('hold before retention before request before the end of retention, whatever comes together', () => {
  const one = fc.record({ legal: fc.boolean(), covers: fc.boolean(), active: fc.boolean() })
  fc.assert(
    fc.property(
      fc.array(one, { maxLength: 6 }),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      (list, retained, requested, ended) => {
        const holds = list.map(({ legal, covers, active }, index) =>
          hold(covers ? { type: 'everything' } : { type: 'conversation', ids: ['other'] }, {
            id: `H-${index}`,
            ground: legal ? 'legal-hold' : 'statutory-retention',
            releasedAt: active ? null : '2026-11-20T00:00:00.000Z',
          }),
        )
        const found = ask({ holds, minimumRetention: retained ? '1y' : null, requested, retentionEnded: ended })
        const inForce = list.filter(({ covers, active }) => covers && active)
        const law = inForce.some(({ legal }) => legal)
          ? 'legal-hold'
          : retained || inForce.length > 0
            ? 'statutory-retention'
            : null
        const asks = requested ? 'erasure-request' : ended ? 'retention-end' : null
        expect(found.verdict).toBe(asks === null ? 'keep' : law === null ? 'erase' : 'withhold')
        expect(found.ground).toBe(asks === null ? null : (law ?? asks))
        expect(found.hindrances).toHaveLength(inForce.length + (retained ? 1 : 0))
        const order = found.hindrances.map(({ ground }) => ground)
        expect(order).toEqual([...order].sort())
      },
    ),
  )
})
