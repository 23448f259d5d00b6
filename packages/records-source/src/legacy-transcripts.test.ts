import type { Conversation, Window } from '@custody/model'
import { fakeClock, testSource } from '@custody/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type LegacyTranscriptsOptions, legacyTranscripts } from './legacy-transcripts.ts'
import { recount } from './recount.ts'
import { recounted } from './recounted.ts'
import { jobOrg } from './testing/job-org.ts'
import { id, queryOrg, type Tables, time } from './testing/query-org.ts'
import type { TableRow } from './testing/soql-table.ts'
import { window } from './testing/take-census.ts'

const body = '<p align="center">Agent Ada B</p>( 3s ) Ada: Hello<br>( 1m 12s ) Grace: Hi<br>( 2m 0s ) Ada: Bye<br>'

const transcriptRow = (n: number, start: number | null, end: number | null, fields: TableRow = {}): TableRow => ({
  Id: id('570', n),
  Name: `0000${n}`,
  ChatKey: `key-${n}`,
  Status: 'Completed',
  CreatedDate: time(end ?? start ?? 10),
  RequestTime: null,
  StartTime: time(start),
  EndTime: time(end),
  Body: body,
  OperatorMessageCount: 2,
  VisitorMessageCount: 1,
  ...fields,
})

async function take(options: LegacyTranscriptsOptions) {
  const batches = []
  for await (const batch of legacyTranscripts(options)()) batches.push(batch)
  return {
    records: batches.flatMap(({ records }) => records),
    rejects: batches.flatMap(({ rejects }) => rejects),
    batches,
  }
}
const takeRows = (rows: readonly TableRow[], tables: Tables = {}) =>
  take({ org: queryOrg({ tables: { LiveChatTranscript: rows, ...tables } }), window })

test('a legacy chat becomes a conversation of one entry', async () => {
  const row = transcriptRow(1, 10, 20, {
    ContactId: id('003', 1).slice(0, 15),
    CaseId: id('500', 1),
    LiveChatVisitorId: id('571', 1),
    OwnerId: id('005', 1),
    IpAddress: '192.0.2.1',
    ChatDuration: 600,
  })
  const { records, rejects } = await takeRows([row], {
    Contact: [{ Id: id('003', 1), Name: 'Grace Hopper', Email: 'grace@example.com' }],
  })
  expect(rejects).toEqual([])
  expect(records).toEqual([
    {
      identifier: id('570', 1),
      recordId: id('570', 1),
      channelName: null,
      channelType: 'LiveAgent',
      startTime: '2026-10-01T00:10:00.000Z',
      endTime: '2026-10-01T00:20:00.000Z',
      continuedBefore: false,
      continuesAfter: false,
      sessions: [
        {
          recordId: id('570', 1),
          status: 'Completed',
          startTime: '2026-10-01T00:10:00.000Z',
          endTime: '2026-10-01T00:20:00.000Z',
          endUserId: null,
          agentMessageCount: 2,
          endUserMessageCount: 1,
        },
      ],
      participants: [
        { role: 'end-user', displayName: 'Grace', recordId: null, joinedAt: null, leftAt: null },
        { role: 'agent', displayName: 'Ada B', recordId: null, joinedAt: null, leftAt: null },
      ],
      endUsers: [
        {
          recordId: id('571', 1),
          name: null,
          platformKey: null,
          messageType: 'LiveAgent',
          contactId: id('003', 1),
          contact: { names: ['Grace Hopper'], emails: ['grace@example.com'], phones: [], addresses: [] },
        },
      ],
      entries: [
        {
          entryId: id('570', 1),
          sentAt: '2026-10-01T00:20:00.000Z',
          clientAt: null,
          kind: 'other',
          entryType: 'LiveChatTranscript',
          sender: { role: 'system', appType: null, subject: null, displayName: null },
          text: body,
          content: null,
          relatedRecords: [id('571', 1), id('003', 1), id('500', 1), id('005', 1)],
          source: 'records',
          payload: {
            Name: '00001',
            ChatKey: 'key-1',
            Status: 'Completed',
            CreatedDate: time(20),
            StartTime: time(10),
            EndTime: time(20),
            OwnerId: id('005', 1),
            LiveChatVisitorId: id('571', 1),
            ContactId: id('003', 1).slice(0, 15),
            CaseId: id('500', 1),
            IpAddress: '192.0.2.1',
            OperatorMessageCount: 2,
            VisitorMessageCount: 1,
            ChatDuration: 600,
          },
          extra: null,
        },
      ],
      delivered: {
        source: 'records',
        entries: 1,
        entriesInWindow: 1,
        agentMessages: 2,
        endUserMessages: 1,
        requests: 0,
      },
      reconciliation: null,
      witnesses: [],
      redactions: [],
    },
  ])
})

test.each([
  ['words in which no message can be told: not counted', 'Some words.', null],
  ['no words at all: nothing delivered', null, { agentMessages: 0, endUserMessages: 0 }],
  ['blank words: nothing delivered', ' \n', { agentMessages: 0, endUserMessages: 0 }],
])('%s', async (_, Body, delivered) => {
  const { records } = await takeRows([transcriptRow(1, 10, 20, { Body })])
  if (delivered === null) expect(records[0]?.delivered).toBeNull()
  else expect(records[0]?.delivered).toMatchObject(delivered)
})

test('a chat still going on is told, and kept', async () => {
  const { records, rejects } = await takeRows([
    transcriptRow(1, 10, null, { Status: 'InProgress' }),
    transcriptRow(2, 10, null, { Status: 'Missed' }),
  ])
  expect(records).toHaveLength(2)
  expect(rejects).toMatchObject([
    {
      stage: 'legacy-transcripts',
      code: 'TRANSCRIPT_NOT_ENDED',
      subject: { type: 'LiveChatTranscript', id: id('570', 1) },
      within: { type: 'Conversation', id: id('570', 1) },
    },
  ])
})

test('a chat nobody can date is refused', async () => {
  const answer = (document: { records: readonly object[] }): unknown => ({
    ...document,
    records: document.records.map((row) => ({ ...row, StartTime: null, EndTime: null, CreatedDate: 'soon' })),
  })
  const { records, rejects } = await take({
    org: queryOrg({ tables: { LiveChatTranscript: [transcriptRow(1, 10, 20)] }, answer }),
    window,
  })
  expect(records).toEqual([])
  expect(rejects).toMatchObject([{ code: 'TRANSCRIPT_WITHOUT_TIME', subject: { id: id('570', 1) } }])
})

test('contacts that are not given out are told, or once that none can be seen', async () => {
  const rows = [1, 2].map((n) => transcriptRow(n, 10, 20, { ContactId: id('003', n) }))
  const lacking = await takeRows(rows)
  expect(lacking.rejects.map(({ code }) => code)).toEqual(['CONTACT_NOT_FOUND', 'CONTACT_NOT_FOUND'])
  const org = queryOrg({ tables: { LiveChatTranscript: rows }, hidden: ['Contact'] })
  expect((await take({ org, window })).rejects.map(({ code }) => code)).toEqual(['OBJECT_NOT_VISIBLE'])
})

test('a legacy chat is not counted again: it has no sessions of its own', async () => {
  const { batches, records } = await takeRows([transcriptRow(1, 10, 20)])
  const org = queryOrg({ tables: {} })
  async function* source() {
    yield* batches
  }
  for await (const batch of recounted({ org })(source())) {
    expect(batches).toContainEqual(batch)
  }
  const [chat] = records as [Conversation]
  expect(await recount({ org })(chat)).toBe(chat)
  expect(org.asked).toEqual([])
})

test('an org without legacy chat says so', async () => {
  const org = queryOrg({ tables: {}, hidden: ['LiveChatTranscript'] })
  await expect(take({ org, window })).rejects.toMatchObject({ code: 'CENSUS_OBJECT_NOT_VISIBLE' })
})

test('each chat belongs to exactly one of the windows that follow each other', async () => {
  const minute = fc.option(fc.integer({ min: -30, max: 150 }))
  const specs = fc.array(fc.record({ start: minute, end: minute, made: fc.integer({ min: -30, max: 150 }) }))
  const at = (minutes: number): string => new Date(Date.UTC(2026, 9, 1, 0, minutes)).toISOString()
  const windows: readonly Window[] = [-40, 0, 60, 120].map((from, n) => ({
    from: at(from),
    to: at([0, 60, 120, 160][n] ?? 0),
  }))
  await fc.assert(
    fc.asyncProperty(specs, async (all) => {
      const rows = all.map(({ start, end, made }, n) => transcriptRow(n, start, end, { CreatedDate: time(made) }))
      const org = queryOrg({ tables: { LiveChatTranscript: rows }, pageSize: 3 })
      const found: string[] = []
      for (const window of windows) {
        const { records, rejects } = await take({ org, window })
        expect(rejects).toEqual([])
        for (const { identifier, entries } of records) {
          found.push(identifier)
          const sentAt = entries[0]?.sentAt ?? ''
          expect(sentAt >= window.from && sentAt < window.to).toBe(true)
        }
      }
      expect(found.sort()).toEqual(rows.map((row) => row['Id']).sort())
    }),
    { numRuns: 50 },
  )
})

test('jobs give the same', async () => {
  const rows = Array.from({ length: 7 }, (_, n) => transcriptRow(n, 10, 20, { Body: `"${body}"\n, more` }))
  const org = jobOrg({ tables: { LiveChatTranscript: rows } })
  const byJobs = await take({ org, window, bulk: { fromRows: 0, pageRows: 3 }, clock: fakeClock({ auto: true }) })
  expect(byJobs.records).toEqual((await takeRows(rows)).records)
  expect(org.calls.filter((call) => call.endsWith('/results'))).toHaveLength(3)
})

test.each([
  ['other', '{}'],
  ['legacy-transcripts', '{"after":["x\' OR"],"done":false}'],
  ['legacy-transcripts', 'x'],
])('a checkpoint that is none is refused: %s %s', (source, cursor) => {
  expect(() => legacyTranscripts({ org: queryOrg({ tables: {} }), window, after: { source, cursor } })).toThrow(
    expect.objectContaining({ code: 'CENSUS_CHECKPOINT' }),
  )
})

describe('the contract of a source', () => {
  const tables: Tables = { LiveChatTranscript: Array.from({ length: 7 }, (_, n) => transcriptRow(n, 10, 20)) }
  testSource<Conversation>({
    test,
    source: (outside) =>
      legacyTranscripts({ org: queryOrg({ tables, pageSize: 3, wait: (signal) => outside.call(signal) }), window }),
    resume: (outside, after) =>
      legacyTranscripts({
        org: queryOrg({ tables, pageSize: 3, wait: (signal) => outside.call(signal) }),
        window,
        after,
      }),
    idOf: ({ identifier }) => identifier,
    expected: Array.from({ length: 7 }, (_, n) => id('570', n)),
  })
})
