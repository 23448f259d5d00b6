import { expect, test } from 'vitest'
import { loggedFields } from './log-fields.ts'

test('of an event only what is listed for its type is logged, however deep it lies', () => {
  const subject = { kind: 'entry', id: '0dXxx0000000001' }
  const reject = { code: 'ENTRY_MALFORMED', stage: 'entries', subject, message: 'of Ada' }
  expect(loggedFields({ type: 'record-reject', org: 'shop', reject, text: 'hello' })).toEqual({
    type: 'record-reject',
    org: 'shop',
    reject: { code: 'ENTRY_MALFORMED', stage: 'entries' },
  })
  const finding = { type: 'finding', code: 'MISSING', identifier: 'a-b-c', message: 'of Ada', path: 'ada.pdf' }
  expect(loggedFields(finding)).toEqual({ type: 'finding', code: 'MISSING' })
})

test('of an event that nobody listed, its type and its org', () => {
  for (const type of ['new', '__proto__', 'constructor']) {
    expect(loggedFields({ type, org: 'shop', name: 'Ada', count: 1 })).toEqual({ type, org: 'shop' })
  }
})

test('figures are numbers, whatever they are called, and never words', () => {
  const counts = { entries: 3, redactionsByType: { NAME: 2 }, ada: 'Ada', list: ['Ada'], none: null }
  const job = { type: 'job-end', counts, mode: { text: 'Ada' }, verdict: 'complete' }
  expect(loggedFields(job)).toEqual({
    type: 'job-end',
    counts: { entries: 3, redactionsByType: { NAME: 2 }, list: [], none: null },
    verdict: 'complete',
  })
})
