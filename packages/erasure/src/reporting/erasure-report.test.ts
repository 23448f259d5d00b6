import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { NewErasureRequest } from '../erasure-request.ts'
import type { ErasureStore } from '../erasure-store.ts'
import { erasureFile, openErasureStore } from '../store/open-erasure-store.ts'
import type { Outcome, Target } from '../target.ts'
import { closeErasure } from './close-requests.ts'
import { composeReport, type ReportedRequest } from './compose-report.ts'
import { gatherReport } from './gather-report.ts'
import { html } from './html.ts'
import { reportCsv } from './report-csv.ts'
import { reportHtml } from './report-html.ts'

const now = Date.parse('2026-11-21T10:00:00.000Z')
const person = '0PA000000000001AAA'
const secrets = [person, '+4917012345', 'ada@example.org', 'Ada', 'plat-key-1']

let folder: string
let store: ErasureStore

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'custody-report-'))
  store = await openErasureStore({ directory: folder, key: Buffer.alloc(32, 7), clock: { now: () => now } })
})

afterEach(async () => {
  await store[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

function requestOf(reference: string, changes: Partial<NewErasureRequest> = {}): NewErasureRequest {
  return {
    reference,
    subject: {
      endUserIds: [person],
      contactIds: [],
      phones: ['+4917012345'],
      emails: ['ada@example.org'],
      platformKeys: ['plat-key-1'],
    },
    conversations: [],
    regime: 'gdpr',
    receivedOn: '2026-11-01',
    dueOn: '2026-12-01',
    jurisdiction: 'DE',
    note: 'Ada called',
    ...changes,
  }
}

const plan = {
  targets: [{ counts: { MessagingSession: 3, ConversationEntry: null } }, { counts: { MessagingSession: 2 } }],
  archives: [{ name: 'a', conversations: 1 }],
  notCovered: ['contact', 'data360'],
  notSeen: ['privacy-holds-not-visible'],
}

async function approved(reference: string, changes: Partial<NewErasureRequest> = {}): Promise<void> {
  await store.addRequest(requestOf(reference, changes))
  await store.setTargets(reference, [{ kind: 'end-user', id: person }])
  const bytes = Buffer.from(JSON.stringify(plan))
  const planDigest = createHash('sha256').update(bytes).digest('hex')
  await store.savePlan(reference, planDigest, bytes)
  await store.approve(reference, { planDigest, operator: 'privacy-2' })
}

async function erased(reference: string): Promise<void> {
  await approved(reference)
  const target = { request: reference, kind: 'end-user', id: person } as const
  const event = { act: 'call-sent', operator: null, detail: {} }
  await store.moveTarget(target, { state: 'accepted', logId: '0cl000000000001', called: true }, event)
  await store.setState(reference, 'confirming', { act: 'run-ended', operator: null, detail: {} })
  const read = { act: 'read-back', operator: null, detail: { source: 'soql', control: 'found' } }
  await store.moveTarget(target, { state: 'confirmed', outcome: 'erased' }, read)
}

describe('a report', () => {
  test('says what was erased, who approved it, and by what that is proven, before and after the closing', async () => {
    await erased('R-1')
    const before = await gatherReport({ store, org: 'shop', now })
    await closeErasure(store, 'R-1')
    const after = await gatherReport({ store, org: 'shop', requests: ['R-1'], now })
    for (const report of [before, after]) {
      const [request] = report.requests
      expect(request).toMatchObject({ verdict: 'erased', identifiers: 4, overdue: false })
      expect(request?.planned).toEqual({
        counts: { MessagingSession: 5, ConversationEntry: null },
        archives: 1,
        notCovered: ['contact', 'data360'],
        notSeen: ['privacy-holds-not-visible'],
      })
      expect(request?.approvals.map(({ operator }) => operator)).toEqual(['privacy-2'])
      const page = reportHtml(report)
      expect(page).toContain('The one record found for this request is erased')
      expect(page).toContain('0cl000000000001')
      expect(page).toContain('source=soql control=found')
      expect(page).toContain('Copies in Data 360')
    }
    expect(after.requests[0]?.closedAt).not.toBeNull()
    expect(await store.isSuppressed(person)).toBe(true)
  })

  test('holds nothing of the person, in no form', async () => {
    await erased('R-1')
    const report = await gatherReport({ store, org: 'shop', now })
    for (const text of [JSON.stringify(report), reportCsv(report), reportHtml(report)]) {
      for (const secret of secrets) expect(text).not.toContain(secret)
    }
    await closeErasure(store, 'R-1')
    await store[Symbol.asyncDispose]()
    const kept = readFileSync(erasureFile(folder)).toString('latin1')
    for (const secret of secrets) expect(kept).not.toContain(secret)
    store = await openErasureStore({ directory: folder, key: Buffer.alloc(32, 7) })
  })

  test('is read by a browser without asking anybody, and runs nothing', async () => {
    await erased('R-1')
    const page = reportHtml(await gatherReport({ store, org: 'shop', now }))
    expect(page).not.toMatch(/<script|javascript:|https?:|src=|href=|@import|url\(/i)
    expect(page).toContain('@page { size: A4')
  })

  test('begins with what is overdue', async () => {
    await approved('LATER', { dueOn: '2026-12-01' })
    await store.addRequest(requestOf('LATE', { receivedOn: '2026-09-01', dueOn: '2026-10-01', note: null }))
    const report = await gatherReport({ store, org: 'shop', now })
    expect(report.requests.map(({ reference }) => reference)).toEqual(['LATE', 'LATER'])
    expect(report.totals).toMatchObject({ requests: 2, overdue: 1 })
    const page = reportHtml(report)
    expect(page).toContain('2 requests, 1 overdue')
    expect(page).toContain('2026-10-01, OVERDUE by 51 days')
    expect(reportCsv(report).split('\n')[1]).toMatch(/^LATE,yes,open,/)
  })

  test('of a reference that nobody knows is refused', async () => {
    await expect(gatherReport({ store, org: 'shop', requests: ['NOBODY'], now })).rejects.toMatchObject({
      code: 'ERASURE_REQUEST_UNKNOWN',
    })
  })

  test('of no request says so', () => {
    expect(reportHtml(composeReport([], { org: 'shop', now }))).toContain('0 requests, none overdue')
  })
})

describe('closing', () => {
  test('is refused while something is pending, and changes nothing', async () => {
    await approved('R-1')
    await expect(closeErasure(store, 'R-1')).rejects.toMatchObject({ code: 'ERASURE_NOT_ENDED' })
    expect((await store.request('R-1'))?.subject).not.toBeNull()
    expect(await store.isSuppressed(person)).toBe(false)
  })

  test('puts nobody on the list who was not erased', async () => {
    await approved('R-1')
    await store.setState('R-1', 'confirming', { act: 'run-ended', operator: null, detail: {} })
    const target = { request: 'R-1', kind: 'end-user', id: person } as const
    const held = { act: 'target-withheld', operator: null, detail: {} }
    await store.moveTarget(target, { state: 'withheld', outcome: 'withheld', ground: 'hold' }, held)
    await closeErasure(store, 'R-1')
    await closeErasure(store, 'R-1')
    expect(await store.isSuppressed(person)).toBe(false)
    const page = reportHtml(await gatherReport({ store, org: 'shop', now }))
    expect(page).toContain('Not erased')
    expect(page).toContain('A legal hold keeps it.')
  })
})

const outcomes: readonly Outcome[] = ['pending', 'erased', 'withheld', 'failed', 'unverifiable', 'no-match']

function reported(list: readonly Outcome[], ground: string | null = null): ReportedRequest {
  const targets = list.map(
    (outcome, index): Target => ({
      request: 'R-1',
      kind: 'end-user',
      id: `id-${index}`,
      pseudonym: `hmac:${index}`,
      state: 'accepted',
      outcome,
      ground,
      calls: 1,
      user: null,
      logId: null,
      updatedAt: '2026-11-20T00:00:00.000Z',
    }),
  )
  const { subject: _, ...asked } = requestOf('R-1')
  const state = {
    subject: null,
    state: 'confirming',
    manner: null,
    about: 'person',
    measure: 'erase',
    extension: null,
    addedAt: '',
    closedAt: null,
  } as const
  return { request: { ...asked, ...state }, targets, events: [], approvals: [], plan: null }
}

test('nothing is called erased unless every record of it is erased, or not there', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...outcomes), { minLength: 1, maxLength: 6 }), (list) => {
      const [request] = composeReport([reported(list)], { org: 'shop', now }).requests
      const isErased = list.includes('erased') && list.every((each) => each === 'erased' || each === 'no-match')
      expect(request?.verdict === 'erased').toBe(isErased)
      if (list.includes('pending')) expect(request?.verdict).toBe('pending')
      else if (list.includes('unverifiable')) expect(request?.verdict).toBe('not-verifiable')
    }),
  )
})

test('what is proven is said of the erased ones alone', () => {
  const summary = (list: readonly Outcome[]): string | undefined =>
    composeReport([reported(list)], { org: 'shop', now }).requests[0]?.summary
  expect(summary(['erased', 'unverifiable'])).toMatch(/^Of 2 records .* Each erased one was read back/)
  expect(summary(['unverifiable', 'failed'])).toContain('Nothing is proven to be erased.')
  expect(summary([])).toContain('No record of the org is part of it.')
})

test('every ground is told in a sentence, known or not', () => {
  const why = (ground: string): string | null | undefined =>
    composeReport([reported(['failed'], ground)], { org: 'shop', now }).requests[0]?.records[0]?.why
  expect(why('http-503')).toBe('Salesforce refused the deletion with HTTP status 503.')
  expect(why('still-there-data360')).toBe('It was still found when it was read back (source: data360).')
  expect(why('control-missing-connect')).toMatch(/proves nothing \(source: connect\)\.$/)
  expect(why('constructor')).toBe('Recorded under the code constructor.')
})

test('what is put into the page is text', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(html`<p>${text}</p>`.text.slice(3, -4)).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/)
    }),
  )
  const [request] = [reported(['failed'], '"><script>alert(1)</script>')]
  const page = reportHtml(composeReport([request as ReportedRequest], { org: '<b>shop', now }))
  expect(page).not.toContain('<script')
  expect(page).not.toContain('<b>shop')
})
