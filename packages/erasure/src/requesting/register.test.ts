import { expect, test } from 'vitest'
import type { ErasureRequest } from '../erasure-request.ts'
import type { Outcome, Target } from '../target.ts'
import { request } from '../testing/sample-store.ts'
import { register, registerCsv, registerSince } from './register.ts'
import { requestStatuses } from './request-status.ts'

function stored(reference: string, changes: Partial<ErasureRequest> = {}): ErasureRequest {
  const { subject, ...written } = request({ reference })
  return {
    ...written,
    subject,
    manner: null,
    about: 'person',
    measure: 'erase',
    extension: null,
    state: 'received',
    addedAt: '2026-11-01T10:00:00.000Z',
    closedAt: null,
    ...changes,
  }
}

const closed = { state: 'closed', subject: null, closedAt: '2026-11-20T10:00:00.000Z' } as const

function target(reference: string, outcome: Outcome, ground: string | null = null): Target {
  return {
    request: reference,
    kind: 'end-user',
    id: 'hmac:00',
    pseudonym: 'hmac:00',
    state: 'planned',
    outcome,
    ground,
    calls: 1,
    user: null,
    logId: null,
    updatedAt: '2026-11-20T10:00:00.000Z',
  }
}

test.each<readonly [Partial<ErasureRequest>, readonly Target[], string, string]>([
  [{}, [target('R', 'pending')], 'open', ''],
  [closed, [target('R', 'erased'), target('R', 'erased')], 'complied', ''],
  [closed, [target('R', 'erased'), target('R', 'withheld', 'hold')], 'complied-in-part', 'hold'],
  [
    closed,
    [target('R', 'withheld', 'hold'), target('R', 'failed', 'permission'), target('R', 'withheld', 'hold')],
    'denied',
    'hold permission',
  ],
  [closed, [target('R', 'erased'), target('R', 'unverifiable', 'control-missing')], 'not-confirmed', ''],
  [closed, [target('R', 'no-match', 'not-found')], 'nobody-found', ''],
  [closed, [], 'nobody-found', ''],
  [closed, [target('R', 'erased'), target('R', 'no-match')], 'complied', ''],
  [{ ...closed, state: 'withdrawn' }, [], 'withdrawn', ''],
])('%o %o: %s', (changes, targets, nature, basis) => {
  const [row] = register([stored('R', changes)], [...targets, target('Other', 'failed', 'x')], '2024-11-21')
  expect(row).toMatchObject({ nature_of_response: nature, basis_of_denial: basis })
})

test('it goes back 24 months, and leaves out nothing that is open, or was answered since', () => {
  const since = registerSince('2026-11-21')
  expect(since).toBe('2024-11-21')
  const rows = register(
    [
      stored('answered-before', { receivedOn: '2024-10-01', ...closed, closedAt: '2024-11-20T23:59:59.000Z' }),
      stored('answered-since', { receivedOn: '2024-10-01', ...closed, closedAt: '2024-11-21T00:00:00.000Z' }),
      stored('open', { receivedOn: '2023-01-01' }),
      stored('new', { receivedOn: '2024-11-21' }),
    ],
    [],
    since,
  )
  expect(rows.map(({ reference }) => reference)).toEqual(['open', 'answered-since', 'new'])
})

test('as CSV, with its columns even where it is empty', () => {
  const [columns, ...none] = registerCsv([]).trimEnd().split('\n')
  expect(columns).toMatch(
    /^reference,received_on,nature_of_request,manner,.*,responded_on,nature_of_response,basis_of_denial,/,
  )
  expect(none).toEqual([])
  const [, row] = registerCsv(
    register([stored('R', { ...closed, manner: 'web-form' })], [target('R', 'erased')], '2026-01-01'),
  ).split('\n')
  expect(row).toBe('R,2026-11-01,deletion-of-person,web-form,DE,gdpr,2026-12-01,2026-11-20,complied,,1,0,0,0,0')
})

test('overdue requests first, then by due date, then those that have their end', () => {
  const statuses = requestStatuses(
    [
      stored('ended', { ...closed, dueOn: '2026-01-01' }),
      stored('later', { dueOn: '2026-12-01' }),
      stored('today', { dueOn: '2026-11-21' }),
      stored('overdue', { dueOn: '2026-11-20' }),
    ],
    [target('overdue', 'pending'), target('overdue', 'erased')],
    '2026-11-21',
  )
  expect(statuses.map(({ reference, daysLeft, overdue }) => [reference, daysLeft, overdue])).toEqual([
    ['overdue', -1, true],
    ['today', 0, false],
    ['later', 10, false],
    ['ended', null, false],
  ])
  expect(statuses[0]?.outcomes).toMatchObject({ pending: 1, erased: 1, failed: 0 })
})
