import type { Conversation, Window } from '@custody/model'
import type { Batch, Clock } from '@custody/pipeline'
import { fakeClock, type Outside, testSource } from '@custody/testkit'
import { describe, expect, test } from 'vitest'
import type { Data360Options } from './options.ts'
import { data360 } from './source.ts'
import { type FakeOptions, fakeData360, httpError } from './testing/fake-data360.ts'
import { conversationId, conversationRecord, entry, participants, roles, sampleWorld } from './testing/sample-world.ts'

const window: Window = { from: '2026-10-01T00:00:00.000Z', to: '2026-10-01T01:00:00.000Z' }
const settledClock = (): Clock => fakeClock({ startAt: Date.UTC(2026, 10, 1), auto: true })
const apis = ['v3', 'connect', 'v2'] as const

async function run(
  fake: FakeOptions,
  options: Partial<Data360Options> = {},
): Promise<{ readonly batches: readonly Batch<Conversation>[]; readonly org: ReturnType<typeof fakeData360> }> {
  const org = fakeData360(fake)
  const batches: Batch<Conversation>[] = []
  for await (const batch of data360({ api: 'v3', org, window, clock: settledClock(), ...options })())
    batches.push(batch)
  return { batches, org }
}

const entriesOf = (batches: readonly Batch<Conversation>[]): string[] =>
  batches.flatMap(({ records }) => records.flatMap(({ entries }) => entries.map(({ entryId }) => entryId)))
const rejectsOf = (batches: readonly Batch<Conversation>[]): string[] =>
  batches.flatMap(({ rejects }) => rejects.map(({ code }) => code))

describe.each(apis)('over %s', (api) => {
  test('every entry of every conversation comes once, whatever pages cut', async () => {
    const sizes = [1, 4, 2, 7, 3]
    const expected = sampleWorld(sizes).entries.map(({ Id }) => Id)
    for (const pageSize of [1, 2, 3, 5, 17, 100]) {
      for (const polls of [0, 1, 3]) {
        const { batches } = await run({ world: sampleWorld(sizes), pageSize, polls }, { api })
        expect(entriesOf(batches)).toEqual(expected)
        expect(rejectsOf(batches)).toEqual([])
      }
    }
  })

  test('nothing is nothing', async () => {
    const { batches } = await run({ world: { entries: [] } }, { api })
    expect(batches).toEqual([
      { records: [], rejects: [], checkpoint: { source: 'data360', cursor: expect.stringContaining('true') } },
    ])
  })

  test('a conversation is what the model has of it', async () => {
    const { batches } = await run({ world: sampleWorld([2]) }, { api })
    expect(batches[0]?.records).toEqual([
      {
        identifier: 'conversation-0',
        recordId: conversationId(0),
        channelName: null,
        channelType: null,
        startTime: '2026-10-01T00:00:00.000Z',
        endTime: '2026-10-01T01:00:00.000Z',
        continuedBefore: false,
        continuesAfter: false,
        sessions: [],
        participants: [
          { role: 'agent', displayName: 'Sample Agent', recordId: null, joinedAt: null, leftAt: null },
          { role: 'end-user', displayName: 'Sample End User', recordId: null, joinedAt: null, leftAt: null },
        ],
        endUsers: [],
        entries: [
          {
            entryId: 'e0-0',
            sentAt: '2026-10-01T00:00:00.000Z',
            clientAt: null,
            kind: 'message',
            entryType: 'Message',
            sender: { role: 'end-user', appType: null, subject: 'subject-0', displayName: 'Sample End User' },
            text: 'words 0-0',
            content: null,
            relatedRecords: [],
            source: 'data360',
            payload: 'words 0-0',
            extra: { ssot__EngagementParticipantId__c: 'p0' },
          },
          expect.objectContaining({ entryId: 'e0-1', text: 'words 0-1' }),
        ],
        delivered: {
          source: 'data360',
          entries: 2,
          entriesInWindow: 2,
          agentMessages: 1,
          endUserMessages: 1,
          requests: 0,
        },
        reconciliation: null,
        witnesses: [],
        redactions: [],
      },
    ])
  })

  test('goes on behind a checkpoint', async () => {
    const world = sampleWorld(Array.from({ length: 90 }, () => 2))
    const { batches } = await run({ world }, { api })
    expect(batches.map(({ records }) => records.length)).toEqual([40, 40, 10])
    for (const [index, { checkpoint }] of batches.entries()) {
      const rest = await run({ world }, { api, ...(checkpoint && { after: checkpoint }) })
      expect(entriesOf(rest.batches)).toEqual(entriesOf(batches.slice(index + 1)))
      expect(rejectsOf(rest.batches)).toEqual([])
    }
  })
})

describe('no join loses or doubles an entry', () => {
  test('without a participant', async () => {
    const { batches } = await run({ world: { ...sampleWorld([3]), participants: [] } })
    expect(batches[0]?.records[0]).toMatchObject({ entries: [{}, {}, {}], participants: [] })
    expect(batches[0]?.records[0]?.entries[0]?.sender.role).toBe('other')
  })

  test('with two participants of one id, and two roles of one: the one who says more sends it', async () => {
    const twice = [{ Id: 'p0' }, ...participants, { Id: 'p1', EngagementParticipantAppRoleId: 'r1' }]
    const world = { ...sampleWorld([3]), participants: twice, roles: [...roles, { Id: 'r0' }] }
    const { batches } = await run({ world })
    expect(entriesOf(batches)).toEqual(['e0-0', 'e0-1', 'e0-2'])
    expect(rejectsOf(batches)).toEqual([])
    expect(batches[0]?.records[0]?.entries.map(({ sender }) => [sender.role, sender.displayName])).toEqual([
      ['end-user', 'Sample End User'],
      ['agent', 'Sample Agent'],
      ['end-user', 'Sample End User'],
    ])
  })

  test('with two conversations of one id', async () => {
    const world = {
      ...sampleWorld([2]),
      conversations: [conversationRecord(0, { ExternalRecordId: null }), conversationRecord(0)],
    }
    const { batches } = await run({ world })
    expect(batches[0]?.records.map(({ identifier, entries }) => [identifier, entries.length])).toEqual([
      ['conversation-0', 2],
    ])
  })

  test('and two contents of one entry are told', async () => {
    const world = { entries: [entry(0, 1, 5), entry(0, 1, 6, { PayloadText: 'later' })] }
    const { batches } = await run({ world })
    expect(batches[0]?.records[0]?.entries.map(({ text }) => text)).toEqual(['later'])
    expect(rejectsOf(batches)).toEqual(['ENTRY_CONFLICT'])
  })
})

describe('what belongs where', () => {
  test('entries outside the window are counted and left', async () => {
    const world = { ...sampleWorld([0]), entries: [-1, 0, 3599, 3600].map((seconds, n) => entry(0, n, seconds)) }
    const { batches } = await run({ world })
    expect(entriesOf(batches)).toEqual(['e0-1', 'e0-2'])
    expect(batches[0]?.records[0]).toMatchObject({
      continuedBefore: true,
      continuesAfter: true,
      delivered: { entries: 4, entriesInWindow: 2 },
    })
  })

  test('a conversation that overlaps only by its own times comes without entries; any other is dropped', async () => {
    const world = {
      entries: [entry(0, 0, -5), entry(1, 0, -5), entry(2, 0, -5)],
      conversations: [conversationRecord(0), conversationRecord(1, { EndDateTime: '2026-09-30T23:59:59.999Z' })],
    }
    const { batches } = await run({ world })
    expect(batches[0]?.records).toMatchObject([
      { identifier: 'conversation-0', entries: [], delivered: { entries: 1 } },
    ])
    expect(batches[0]?.drops).toEqual({ 'outside-window': 2 })
  })

  test('an id of a session names a session', async () => {
    const { batches } = await run({ world: { entries: [entry(0, 0, 1, { ConversationId: '0Mw000000000001AAA' })] } })
    expect(batches[0]?.records[0]).toMatchObject({
      identifier: '0Mw000000000001AAA',
      recordId: null,
      sessions: [{ recordId: '0Mw000000000001AAA', agentMessageCount: null }],
    })
  })

  test('an id of no record names the conversation', async () => {
    const { batches } = await run({ world: { entries: [entry(0, 0, 1, { ConversationId: 'b9c2-uuid' })] } })
    expect(batches[0]?.records[0]).toMatchObject({ identifier: 'b9c2-uuid', recordId: null, sessions: [] })
  })

  test('what no conversation, no id or no time places is told', async () => {
    const world = {
      entries: [
        entry(0, 0, 1, { ConversationId: null }),
        entry(1, 1, 1, { Id: null }),
        entry(1, 2, 1, { TranscriptedDateTime: 'yesterday', ClientDateTime: null }),
        entry(1, 3, 1, { TranscriptedDateTime: null, CreatedDate: '2026-10-01T00:00:09Z' }),
      ],
    }
    const { batches } = await run({ world })
    expect(rejectsOf(batches).sort()).toEqual([
      'ENTRY_MALFORMED',
      'ENTRY_TIME_BY_SENDER',
      'ENTRY_WITHOUT_CONVERSATION',
      'ENTRY_WITHOUT_TIMESTAMP',
    ])
    expect(entriesOf(batches)).toEqual(['e1-3'])
  })

  test('fields without a place stay, verbatim', async () => {
    const world = { entries: [entry(0, 0, 1, { Language: 'pt', VersionNumber: 2, Modality: '', SourceId: null })] }
    const { batches } = await run({ world })
    expect(batches[0]?.records[0]?.entries[0]?.extra).toEqual({
      ssot__EngagementParticipantId__c: 'p0',
      ssot__Language__c: 'pt',
      ssot__VersionNumber__c: 2,
    })
  })

  test('a record id of an entry gives way to the identifier that the others know, unless two rows share it', async () => {
    const [one, two, three] = ['0dx000000000001AAA', '0dx000000000002AAA', '0dx000000000003AAA']
    const world = {
      entries: [
        entry(0, 0, 1, { Id: one, ExternalRecordId: 'uuid-1' }),
        entry(0, 1, 2, { Id: two, ExternalRecordId: 'uuid-2' }),
        entry(0, 2, 3, { Id: three, ExternalRecordId: 'uuid-2' }),
        entry(0, 3, 4, { Id: 'uuid-4', ExternalRecordId: 'else' }),
      ],
    }
    const { batches } = await run({ world })
    expect(entriesOf(batches)).toEqual(['uuid-1', two, three, 'uuid-4'])
    expect(batches[0]?.records[0]?.entries.map(({ extra }) => extra)).toMatchObject([
      { ssot__Id__c: one },
      { ssot__Id__c: two },
      { ssot__Id__c: three },
      { ssot__ExternalRecordId__c: 'else' },
    ])
  })

  test('a payload is read whether it is JSON or plain, and kept as it came', async () => {
    const json = JSON.stringify({
      entryType: 'Message',
      abstractMessage: {
        messageType: 'StaticContentMessage',
        staticContent: { formatType: 'Text', text: 'structured' },
      },
    })
    const world = {
      entries: [
        entry(0, 0, 1, { PayloadText: json, ConversationEntryType: null }),
        entry(0, 1, 2, { PayloadText: '{"not": a payload' }),
        entry(0, 2, 3, { PayloadText: null, ConversationEntryType: 'RoutingResult' }),
      ],
    }
    const { batches } = await run({ world })
    expect(batches[0]?.records[0]?.entries).toMatchObject([
      { entryType: 'Message', kind: 'message', text: 'structured', payload: json },
      { text: '{"not": a payload', payload: '{"not": a payload' },
      { kind: 'routing', text: null, payload: null },
    ])
  })
})

describe('a window that is not settled', () => {
  const ending = Date.parse(window.to)
  test.each([
    [ending, ['DATA360_WINDOW_NOT_SETTLED']],
    [ending + 3_599_999, ['DATA360_WINDOW_NOT_SETTLED']],
    [ending + 3_600_000, []],
  ])('is told at %i', async (startAt, codes) => {
    const { batches } = await run({ world: sampleWorld([1]) }, { clock: fakeClock({ startAt }) })
    expect(rejectsOf(batches)).toEqual(codes)
  })
})

describe('what the org does not show', () => {
  const object = (name: string, ...fields: readonly string[]): unknown => ({
    name,
    fields: fields.map((field) => ({ name: `${name.split('__')[0]}__${field}__c` })),
  })

  test('is left out and told, and its names are found', async () => {
    const fields = ['Id', 'ConversationId', 'PayloadText', 'CreatedDate']
    const metadata = { metadata: [object('std__ConversationEntryDmo__dlm', ...fields)] }
    const { batches, org } = await run({
      world: { entries: [entry(0, 0, 1, { CreatedDate: '2026-10-01T00:00:01Z' })] },
      metadata,
    })
    const submitted = org.calls.filter(({ kind, query }) => kind === 'submit' && query === 'entries')
    const [{ sql } = { sql: '' }] = submitted.map(({ request }) => request.body as { readonly sql: string })
    expect(sql).toMatch(/ FROM std__ConversationEntryDmo__dlm e WHERE /)
    expect(sql).not.toMatch(/JOIN|ssot/)
    expect(rejectsOf(batches)).toEqual([
      'FIELD_NOT_VISIBLE',
      'OBJECT_NOT_VISIBLE',
      'OBJECT_NOT_VISIBLE',
      'OBJECT_NOT_VISIBLE',
      'ENTRY_TIME_BY_SENDER',
    ])
  })

  test.each([
    ['no entries', { metadata: [object('ssot__Conversation__dlm', 'Id')] }],
    ['no payload', { metadata: [object('ssot__ConversationEntry__dlm', 'Id')] }],
  ])('is fatal where nothing can be read: %s', async (_, metadata) => {
    await expect(run({ world: sampleWorld([1]), metadata })).rejects.toMatchObject({
      code: 'DATA360_OBJECT_NOT_VISIBLE',
      kind: 'sign-in',
    })
  })

  test('is named when the query is refused', async () => {
    const answer = (answer: object, { kind }: { kind: string }) => {
      if (kind === 'submit') throw httpError(400)
      return answer as never
    }
    await expect(run({ world: sampleWorld([1]), answer })).rejects.toMatchObject({
      code: 'DATA360_QUERY_REFUSED',
      message: expect.stringContaining('ssot__ConversationEntry__dlm'),
    })
  })
})

describe('options', () => {
  const org = fakeData360({ world: { entries: [] } })
  const good: Data360Options = { api: 'v3', org, window }
  test.each([
    ['DATA360_API', { api: 'v4' as 'v3' }],
    ['DATA360_WINDOW', { window: { from: window.to, to: window.from } }],
    ['DATA360_WINDOW', { window: { from: '2026-10-01', to: window.to } }],
    ['DATA360_API_VERSION', { apiVersion: '66' }],
    ['DATA360_DATASPACE', { dataspace: "x' OR 1" }],
    ['DATA360_TIME_ZONE', { timeZone: 'Moon/Crater' }],
    ['DATA360_TIME_ZONE', { timestampsAre: 'local' }],
    ['DATA360_NAMES', { names: { entry: 'a; DROP' } }],
    ['DATA360_READ_AHEAD', { readAhead: 16 }],
    ['DATA360_QUERY_TIMEOUT_MS', { queryTimeoutMs: 0 }],
    ['DATA360_CHECKPOINT', { after: { source: 'census', cursor: '{}' } }],
  ])('%s is told at once', (code, wrong) => {
    expect(() => data360({ ...good, ...wrong })).toThrowError(expect.objectContaining({ code, kind: 'usage' }))
  })
})

for (const api of apis) {
  describe(`the contract of a source, over ${api}`, () => {
    const world = sampleWorld([...Array.from({ length: 41 }, () => 1), 7])
    const make = (outside: Outside, after?: Data360Options['after']) => {
      const org = fakeData360({ world, pageSize: 20, onCall: ({ request }) => outside.call(request.signal) })
      return data360({
        api,
        org,
        window,
        readAhead: 1,
        clock: settledClock(),
        ...(after && { after }),
      })
    }
    testSource<Conversation>({
      test,
      source: (outside) => make(outside),
      resume: (outside, checkpoint) => make(outside, checkpoint),
      idOf: ({ identifier }) => identifier,
      expected: Array.from({ length: 42 }, (_, number) => `conversation-${number}`),
    })
  })
}
