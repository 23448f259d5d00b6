import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Hold } from '../hold.ts'
import { codesOf, planTime, someFacts, somePlan } from '../testing/plans.ts'
import { canonicalJson, type JsonValue } from './canonical-json.ts'
import { finishBy } from './finish-by.ts'
import { planBytes, planDigest, readPlan } from './plan-bytes.ts'
import { planChanges } from './plan-changes.ts'

const hold = (changes: Partial<Hold>): Hold => ({
  id: 'H-1',
  matter: 'M-1',
  ground: 'legal-hold',
  scope: { type: 'everything' },
  author: 'counsel-1',
  expiresOn: null,
  placedAt: '2026-01-01T00:00:00.000Z',
  releaseAskedBy: null,
  releaseAskedAt: null,
  releaseAskedFor: null,
  releasedAt: null,
  releasedBy: null,
  releaseConfirmedBy: null,
  ...changes,
})

test('each thing in the way stands at its target, and takes its call away', () => {
  const [free, blocked, absent] = ['1', '2', '3'].map((number) => `0PA00000000000${number}GAA`)
  const plan = somePlan([
    someFacts({ id: free ?? '' }),
    someFacts({
      id: blocked ?? '',
      openSessions: 2,
      restricting: { EngagementAttendee: 1, acme__Note__c: 3 },
      privacyHolds: ['2PH000000000001AAA'],
    }),
    someFacts({ id: absent ?? '', recordId: null }),
  ])
  expect(plan.targets.map(codesOf)).toEqual([
    [],
    [
      'open-session 2',
      'restricted-children EngagementAttendee: 1',
      'restricted-children acme__Note__c: 3',
      'privacy-hold 2PH000000000001AAA',
    ],
    ['not-found'],
  ])
  expect(plan.calls).toBe(1)
  const everywhere = somePlan([someFacts()], { orgBlockers: [{ code: 'api-off', detail: '404' }] })
  expect(codesOf(everywhere.targets[0])).toEqual(['api-off 404'])
  expect(everywhere.calls).toBe(0)
})

test('holds and retentions stand in the way by person, contact, conversation and time', () => {
  const held = (scope: Hold['scope'], changes: Partial<Hold> = {}): readonly string[] =>
    codesOf(somePlan([someFacts()], { holds: [hold({ scope, ...changes })] }).targets[0])
  expect(held({ type: 'end-user', ids: ['0PA000000000001'] })).toEqual(['hold H-1'])
  expect(held({ type: 'end-user', ids: ['0PA000000000002'] })).toEqual([])
  expect(held({ type: 'contact', ids: ['003000000000001AAA'] })).toEqual(['hold H-1'])
  expect(held({ type: 'conversation', ids: ['00000000-0000-4000-8000-000000000002'] })).toEqual(['hold H-1'])
  expect(held({ type: 'window', from: '2026-10-02', to: '2026-10-03' })).toEqual(['hold H-1'])
  expect(held({ type: 'window', from: '2026-10-03', to: '2026-11-01' })).toEqual([])
  expect(held({ type: 'everything' }, { ground: 'statutory-retention' })).toEqual(['statutory-retention H-1'])
  expect(held({ type: 'everything' }, { expiresOn: '2026-11-21' })).toEqual([])
  const kept = (minimumRetention: string): readonly string[] =>
    codesOf(somePlan([someFacts()], { minimumRetention }).targets[0])
  expect(kept('6y')).toEqual(['statutory-retention 2032-10-01'])
  expect(kept('30d')).toEqual([])
  const unknown = someFacts({ times: [{ from: null, to: null }] })
  const window = hold({ scope: { type: 'window', from: '2020-01-01', to: '2020-02-01' } })
  expect(codesOf(somePlan([unknown], { holds: [window] }).targets[0])).toEqual(['hold H-1'])
})

test('calls wait for the hour, behind those approved before', () => {
  const hours = (calls: number, ahead: number, users: number): number =>
    finishBy(
      { 'end-user': calls, conversation: 0 },
      { 'end-user': ahead, conversation: 1_000 },
      { users, perHour: 10 },
      0,
    ) / 3_600_000
  expect([0, 1, 10, 11, 20, 21].map((calls) => hours(calls, 0, 1))).toEqual([0, 0, 0, 1, 1, 2])
  expect([1, 21, 40].map((calls) => hours(calls, 0, 2))).toEqual([0, 1, 1])
  expect(hours(1, 95, 1)).toBe(9)
  const many = Array.from({ length: 250 }, (_, at) =>
    someFacts({ id: `0PA000000000${String(at).padStart(3, '0')}GAA` }),
  )
  expect(somePlan(many)).toMatchObject({ calls: 250, finishBy: '2026-11-22T10:00:00.000Z', inTime: true })
  expect(somePlan(many, { request: { reference: 'DSR-1', dueOn: '2026-11-21' } }).inTime).toBe(false)
  expect(somePlan(many, { request: { reference: 'DSR-1', dueOn: '2026-11-22' } }).inTime).toBe(true)
})

test('the same plan has the same bytes, and nothing in it is lost', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value as JsonValue)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      const shuffled = JSON.parse(text, (_, inner) =>
        inner !== null && typeof inner === 'object' && !Array.isArray(inner)
          ? Object.fromEntries(Object.entries(inner).reverse())
          : inner,
      )
      expect(canonicalJson(shuffled)).toBe(text)
    }),
  )
  const targets = [someFacts(), someFacts({ id: '0PA000000000009GAA' })]
  const plan = somePlan(targets)
  expect(planBytes(somePlan(targets.toReversed()))).toEqual(planBytes(plan))
  expect(readPlan(planBytes(plan))).toEqual(plan)
  expect(planDigest(planBytes(plan))).toMatch(/^[0-9a-f]{64}$/)
  for (const broken of ['', '{}', 'null', `${new TextDecoder().decode(planBytes(plan))}x`]) {
    expect(() => readPlan(new TextEncoder().encode(broken))).toThrow(/none of this version/)
  }
})

test('no plan holds what a person is called, or where they are reached', () => {
  // Words that every plan is made of, as `call`, tell of nobody.
  const own = new TextDecoder().decode(
    planBytes(somePlan([someFacts()], { archives: [{ name: 'shop-2026-10-01--2026-11-01.zip', conversations: 1 }] })),
  )
  const word = fc.stringMatching(/^[\p{L}]{4,12}$/u).filter((letters) => !own.includes(letters))
  const person = fc.record({
    name: fc.tuple(word, word).map((names) => names.join(' ')),
    phone: fc.stringMatching(/^\+49151[0-9]{8}$/),
    email: fc.tuple(word, word).map(([local, domain]) => `${local}@${domain}.example`),
  })
  fc.assert(
    fc.property(person, fc.nat(500), ({ name, phone, email }, number) => {
      // Whatever facts carry besides, and what archives somebody renamed are called.
      const facts = { ...someFacts(), name, phone, email, hint: name } as ReturnType<typeof someFacts>
      const archives = [name, phone, email, `${name}-2026-10-01`, 'shop-2026-10-01--2026-11-01.zip'].map((each) => ({
        name: each,
        conversations: number,
      }))
      const request = {
        reference: 'DSR-1',
        dueOn: '2026-12-01',
        subject: { phones: [phone], emails: [email] },
        note: name,
      }
      const text = new TextDecoder().decode(planBytes(somePlan([facts], { archives, request })))
      for (const value of [name, ...name.split(' '), phone, phone.slice(1), email]) expect(text).not.toContain(value)
      expect(text).toContain('shop-2026-10-01--2026-11-01.zip')
    }),
  )
})

test('changes are told by code; what moves by itself is none', () => {
  const before = somePlan()
  const changed = (...args: Parameters<typeof somePlan>): object => planChanges(before, somePlan(...args))
  expect(changed()).toEqual({})
  expect(changed(undefined, { now: planTime + 86_400_000, archives: [{ name: 'x', conversations: 1 }] })).toEqual({})
  expect(changed(undefined, { ahead: { 'end-user': 900, conversation: 0 } })).toEqual({})
  expect(changed([someFacts(), someFacts({ id: '0PA000000000009GAA' })])).toEqual({ 'targets-added': 1 })
  expect(changed([])).toEqual({ 'targets-gone': 1 })
  expect(changed([someFacts({ messages: 42 })])).toEqual({ messages: 1 })
  expect(changed([someFacts({ counts: { ...someFacts().counts, MessagingSession: 4 } })])).toEqual({ counts: 1 })
  expect(changed([someFacts({ shared: 1 })])).toEqual({ 'shared-conversations': 1 })
  expect(changed([someFacts({ openSessions: 1 })])).toEqual({ 'blocker-added:open-session': 1 })
  expect(planChanges(somePlan([someFacts({ openSessions: 1 })]), before)).toEqual({ 'blocker-gone:open-session': 1 })
  expect(planChanges(somePlan([someFacts({ openSessions: 1 })]), somePlan([someFacts({ openSessions: 2 })]))).toEqual({
    blockers: 1,
  })
  expect(changed(undefined, { survey: { targets: [someFacts()], notSeen: ['privacy-holds-not-visible'] } })).toEqual({
    'not-seen': 1,
  })
  expect(changed(undefined, { survey: { targets: [someFacts()], notSeen: ['archives-unreadable'] } })).toEqual({})
  expect(changed(undefined, { request: { reference: 'DSR-1', dueOn: '2026-12-02' } })).toEqual({ 'due-date': 1 })
})
