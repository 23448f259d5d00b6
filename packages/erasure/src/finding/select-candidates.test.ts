import { expect, test } from 'vitest'
import type { Candidate } from '../candidate.ts'
import { selectCandidates } from './select-candidates.ts'

const id = (number: number): string => `0PA00000000000${number}GAA`

const candidate = (number: number, changes: Partial<Candidate> = {}): Candidate => ({
  endUserId: id(number),
  reasons: ['contact-email'],
  isNear: false,
  channelType: 'Text',
  channelName: null,
  contactId: '003000000000001AAA',
  hint: '',
  sessions: 1,
  openSessions: 0,
  firstSessionAt: null,
  lastSessionAt: null,
  ...changes,
})

const near: Partial<Candidate> = { isNear: true, reasons: ['near-phone'] }
const select = (...args: Parameters<typeof selectCandidates>): readonly string[] =>
  selectCandidates(...args).map((each) => each.id)

test('near matches are nobody unless somebody names them', () => {
  const found = { candidates: [candidate(1), candidate(2, near)], missing: [id(7)] }
  expect(select(found, 'exact')).toEqual([id(1), id(7)])
  expect(select(found, 'none')).toEqual([])
  expect(select(found, [])).toEqual([])
  expect(select(found, [` ${id(2).slice(0, 15)} `, id(2)])).toEqual([id(2)])
})

test('only ids of the list are taken', () => {
  const found = { candidates: [candidate(1)], missing: [] }
  for (const wrong of [id(2), '', 'x', "' OR '"]) {
    expect(() => selectCandidates(found, [id(1), wrong])).toThrow(expect.objectContaining({ code: 'SELECT_UNKNOWN' }))
  }
})

test('exact matches of several contacts are several people, unless each was named', () => {
  const other = { contactId: '003000000000002AAA' }
  const ambiguous = { candidates: [candidate(1), candidate(2, other)], missing: [] }
  expect(() => selectCandidates(ambiguous, 'exact')).toThrow(
    expect.objectContaining({ code: 'SELECT_AMBIGUOUS', kind: 'refused' }),
  )
  expect(select(ambiguous, [id(2)])).toEqual([id(2)])
  const named = { reasons: ['contact-id'] } as const
  expect(
    select({ candidates: [candidate(1, named), candidate(2, { ...other, ...named })], missing: [] }, 'exact'),
  ).toHaveLength(2)
  expect(select({ candidates: [candidate(1), candidate(2, { contactId: null })], missing: [] }, 'exact')).toHaveLength(
    2,
  )
  expect(select({ candidates: [candidate(1), candidate(2, { ...other, ...near })], missing: [] }, 'exact')).toEqual([
    id(1),
  ])
})
