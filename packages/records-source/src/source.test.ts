import type { Conversation } from '@custody/model'
import { testSource } from '@custody/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { census } from './source.ts'
import {
  conversationRow,
  id,
  type QueryDocument,
  queryOrg,
  sessionRow,
  type Tables,
  time,
} from './testing/query-org.ts'
import type { TableRow } from './testing/soql-table.ts'
import { identifiersOf, inWindow, take, window } from './testing/take-census.ts'

describe('what belongs to the window', () => {
  test.each([
    ['inside', 10, 20, true],
    ['across its beginning', -10, 10, true],
    ['across its end', 50, 70, true],
    ['around it', -10, 70, true],
    ['still open', 10, null, true],
    ['open since long ago', -1000, null, true],
    ['ending as it begins', -10, 0, true],
    ['ending just before it begins', -10, -1, false],
    ['beginning as it ends', 60, 70, false],
    ['without any time', null, null, true],
    ['without a start', null, 10, true],
    ['without a start and over', null, -1, false],
  ])('by its own times, %s', async (_, start, end, belongs) => {
    const { identifiers, rejects } = await take(
      queryOrg({ tables: { Conversation: [conversationRow(1, start, end)] } }),
    )
    expect(identifiers).toEqual(belongs ? ['conversation-1'] : [])
    expect(rejects).toEqual([])
  })

  test('by a session, where its own times lie elsewhere, once', async () => {
    const over = conversationRow(1, -20, -10)
    const later = conversationRow(2, 70, 80)
    const untouched = conversationRow(3, -20, -10)
    const sessions = [
      sessionRow(1, over, 10, 20),
      sessionRow(2, over, 30, 40),
      sessionRow(3, later, 59, null),
      sessionRow(4, untouched, -20, -10),
    ]
    const { conversations, rejects } = await take(
      queryOrg({ tables: { Conversation: [over, later, untouched], MessagingSession: sessions } }),
    )
    expect(conversations).toMatchObject([
      { identifier: 'conversation-1', sessions: [{ recordId: id('0Mw', 1) }, { recordId: id('0Mw', 2) }] },
      { identifier: 'conversation-2', sessions: [{ recordId: id('0Mw', 3) }] },
    ])
    expect(rejects).toEqual([])
  })

  test('a session without a conversation one can read is refused', async () => {
    const sessions = [
      sessionRow(1, null, 10, 20),
      sessionRow(2, null, 70, 80),
      // Its conversation exists, but not for this user.
      { ...sessionRow(3, conversationRow(1, 0, 10), 10, 20), Conversation: null },
    ]
    const { conversations, rejects } = await take(queryOrg({ tables: { MessagingSession: sessions } }))
    expect(conversations).toEqual([])
    expect(rejects).toMatchObject([
      {
        stage: 'census',
        code: 'SESSION_WITHOUT_CONVERSATION',
        subject: { type: 'MessagingSession', id: id('0Mw', 1) },
      },
      { code: 'SESSION_WITHOUT_CONVERSATION', subject: { id: id('0Mw', 3) } },
    ])
  })

  test('a conversation without an identifier is refused', async () => {
    const rows = [conversationRow(1, 0, 10, { ConversationIdentifier: null }), conversationRow(2, 0, 10)]
    const { identifiers, rejects } = await take(queryOrg({ tables: { Conversation: rows } }))
    expect(identifiers).toEqual(['conversation-2'])
    expect(rejects).toMatchObject([
      { code: 'CONVERSATION_WITHOUT_IDENTIFIER', subject: { type: 'Conversation', id: id('0dw', 1) } },
    ])
  })

  test('a conversation whose times move between the passes shows by its sessions', async () => {
    // Over when conversations are asked for; reopened, and open, when its session is.
    const over = conversationRow(1, -20, -10)
    const Conversation = [over]
    const MessagingSession = [sessionRow(1, over, 10, 20), sessionRow(2, conversationRow(2, 0, 10), 80, 90)]
    const answer = (document: QueryDocument): QueryDocument => {
      MessagingSession[0] = sessionRow(1, conversationRow(1, -20, null), 10, 20)
      return document
    }
    const { conversations, rejects } = await take(queryOrg({ tables: { Conversation, MessagingSession }, answer }))
    expect(conversations).toEqual([])
    expect(rejects).toMatchObject([
      { stage: 'census', code: 'CENSUS_SHORT', subject: { type: 'MessagingSession', id: null } },
    ])
    expect(rejects[0]?.message).toMatch(/counts 1 .* in the window; 0 /)
  })

  test('the sessions met are remembered over a resumption', async () => {
    const rows = inWindow(450)
    const MessagingSession = rows.map((row, n) => sessionRow(n, row, 1, 2))
    const tables: Tables = { Conversation: rows, MessagingSession }
    const { batches } = await take(queryOrg({ tables }))
    for (const { checkpoint } of batches) {
      const { rejects } = await take(queryOrg({ tables }), checkpoint && { after: checkpoint })
      expect(rejects).toEqual([])
    }
  })

  const minute = fc.option(fc.integer({ min: -30, max: 90 }))
  test('never is more or less than every conversation that itself or a session of it touches the window', async () => {
    const conversations = fc.array(
      fc.record({ start: minute, end: minute, sessions: fc.array(fc.tuple(minute, minute)) }),
    )
    await fc.assert(
      fc.asyncProperty(conversations, fc.integer({ min: 1, max: 7 }), async (specs, pageSize) => {
        const rows = specs.map(({ start, end }, n) => conversationRow(n, start, end))
        let n = 0
        const sessions = specs.flatMap((spec, index) =>
          spec.sessions.map(([start, end]) => sessionRow(n++, rows[index] as TableRow, start, end)),
        )
        const touches = (start: number | null, end: number | null): boolean => (start ?? 0) < 60 && (end ?? 0) >= 0
        const wanted = rows.filter((_, index) => {
          const spec = specs[index]
          return spec && (touches(spec.start, spec.end) || spec.sessions.some(([start, end]) => touches(start, end)))
        })
        const org = queryOrg({ tables: { Conversation: rows, MessagingSession: sessions }, pageSize })
        const { identifiers, rejects } = await take(org)
        expect([...identifiers].sort()).toEqual([...identifiersOf(wanted)].sort())
        expect(rejects).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})

describe('what belongs to a conversation', () => {
  const conversation = conversationRow(1, 0, 50)
  const tables: Tables = {
    Conversation: [conversation],
    MessagingSession: [
      sessionRow(1, conversation, 30, null, {
        Status: 'Active',
        MessagingEndUserId: id('0PA', 1),
        EndUserMessageCount: null,
      }),
      // 15 characters, and outside the window.
      sessionRow(2, conversation, -100, -90, { ConversationId: id('0dw', 1).slice(0, 15) }),
    ],
    ConversationParticipant: [
      {
        Id: id('0ec', 1),
        ConversationId: id('0dw', 1),
        ParticipantEntityId: id('005', 1).slice(0, 15),
        ParticipantRole: 'Agent',
        ParticipantDisplayName: 'Agent One',
        JoinedTime: time(5),
        LeftTime: null,
      },
      {
        Id: id('0ec', 2),
        ConversationId: id('0dw', 1),
        ParticipantEntityId: id('0PA', 2),
        ParticipantRole: 'EndUser',
        ParticipantDisplayName: 'Guest',
        JoinedTime: time(1),
        LeftTime: time(40),
      },
    ],
    MessagingEndUser: [
      {
        Id: id('0PA', 1),
        Name: 'Guest',
        MessagingPlatformKey: '+15550100',
        MessageType: 'WhatsApp',
        ContactId: id('003', 1),
      },
      { Id: id('0PA', 2), Name: 'Guest', MessagingPlatformKey: 'uid:1', MessageType: null, ContactId: null },
    ],
    Contact: [
      {
        Id: id('003', 1),
        Name: 'First Last',
        FirstName: 'First',
        LastName: 'Last',
        Email: 'first@example.com',
        Phone: '+15550101',
        MobilePhone: '+15550101',
        MailingStreet: '1 Street\nYard',
        OtherStreet: ' ',
      },
    ],
    MessagingChannel: [{ Id: id('0Mj', 1), MasterLabel: 'Shop', MessageType: 'WhatsApp' }],
  }

  test('is joined, whichever form its ids have', async () => {
    // A server that takes ids of 15 characters for those of 18, as the real one does.
    const MessagingSession = tables['MessagingSession']?.map((row) => ({ ...row, ConversationId: id('0dw', 1) })) ?? []
    const short = (document: QueryDocument): QueryDocument => ({
      ...document,
      records: document.records.map((row) =>
        'Status' in row ? { ...row, ConversationId: id('0dw', 1).slice(0, 15) } : row,
      ),
    })
    const { conversations, rejects } = await take(queryOrg({ tables: { ...tables, MessagingSession }, answer: short }))
    expect(rejects).toEqual([])
    expect(conversations).toEqual([
      {
        identifier: 'conversation-1',
        recordId: id('0dw', 1),
        channelName: 'Shop',
        channelType: 'WhatsApp',
        startTime: '2026-10-01T00:00:00.000Z',
        endTime: '2026-10-01T00:50:00.000Z',
        continuedBefore: false,
        continuesAfter: false,
        sessions: [
          {
            recordId: id('0Mw', 2),
            status: 'Ended',
            startTime: '2026-09-30T22:20:00.000Z',
            endTime: '2026-09-30T22:30:00.000Z',
            endUserId: null,
            agentMessageCount: 1,
            endUserMessageCount: 2,
          },
          {
            recordId: id('0Mw', 1),
            status: 'Active',
            startTime: '2026-10-01T00:30:00.000Z',
            endTime: null,
            endUserId: id('0PA', 1),
            agentMessageCount: 1,
            endUserMessageCount: null,
          },
        ],
        participants: [
          {
            role: 'end-user',
            displayName: 'Guest',
            recordId: id('0PA', 2),
            joinedAt: '2026-10-01T00:01:00.000Z',
            leftAt: '2026-10-01T00:40:00.000Z',
          },
          {
            role: 'agent',
            displayName: 'Agent One',
            recordId: id('005', 1),
            joinedAt: '2026-10-01T00:05:00.000Z',
            leftAt: null,
          },
        ],
        endUsers: [
          {
            recordId: id('0PA', 1),
            name: 'Guest',
            platformKey: '+15550100',
            messageType: 'WhatsApp',
            contactId: id('003', 1),
            contact: {
              names: ['First Last', 'First', 'Last'],
              emails: ['first@example.com'],
              phones: ['+15550101'],
              addresses: ['1 Street\nYard'],
            },
          },
          {
            recordId: id('0PA', 2),
            name: 'Guest',
            platformKey: 'uid:1',
            messageType: null,
            contactId: null,
            contact: null,
          },
        ],
        entries: [],
        delivered: null,
        reconciliation: null,
        witnesses: [],
        redactions: [],
      },
    ])
  })

  test.each([
    ['MessagingEndUser', 'END_USER_NOT_FOUND', id('0PA', 1)],
    ['Contact', 'CONTACT_NOT_FOUND', id('003', 1)],
  ])('is recorded as missing when the org gives out no %s', async (object, code, missing) => {
    const { conversations, rejects } = await take(queryOrg({ tables: { ...tables, [object]: [] } }))
    expect(conversations).toHaveLength(1)
    expect(rejects[0]).toMatchObject({
      code,
      subject: { type: object, id: missing },
      within: { type: 'Conversation', id: 'conversation-1' },
    })
  })

  test.each(['ConversationParticipant', 'Contact', 'MessagingChannel'])(
    'is recorded once in a run when %s cannot be seen',
    async (object) => {
      const rows = [...Array.from({ length: 500 }, (_, n) => conversationRow(n + 1, 0, 50))]
      const org = queryOrg({ tables: { ...tables, Conversation: rows }, hidden: [object] })
      const { conversations, rejects } = await take(org)
      expect(conversations).toHaveLength(500)
      expect(rejects).toMatchObject([{ code: 'OBJECT_NOT_VISIBLE', subject: { type: object, id: null } }])
      expect(org.asked.filter((soql) => soql.includes(`FROM ${object}`))).toHaveLength(1)
    },
  )

  test.each(['Conversation', 'MessagingSession', 'MessagingEndUser'])('cannot do without %s', async (object) => {
    const asking = take(queryOrg({ tables, hidden: [object] }))
    await expect(asking).rejects.toMatchObject({
      code: 'CENSUS_OBJECT_NOT_VISIBLE',
      kind: 'sign-in',
      message: expect.stringContaining(object),
      actions: [expect.stringContaining('read access'), expect.anything()],
    })
  })

  test('is asked for in bounded queries, each channel once', async () => {
    const rows = inWindow(450)
    const org = queryOrg({ tables: { ...tables, Conversation: rows } })
    const { conversations, batches } = await take(org)
    expect(conversations).toHaveLength(450)
    expect(batches.map(({ records }) => records.length)).toEqual([200, 200, 50, 0, 0, 0])
    expect(org.asked.filter((soql) => soql.includes('FROM ConversationParticipant'))).toHaveLength(3)
    expect(org.asked.filter((soql) => soql.includes('FROM MessagingChannel'))).toHaveLength(1)
  })
})

test('rows may lack fields, or have others', async () => {
  const answer = (document: QueryDocument): unknown => ({
    ...document,
    records: document.records.map((row, index) => ({
      Id: (row as { Id: string }).Id,
      ConversationIdentifier: `x${index}`,
      StartTime: 7,
      New: [{}],
    })),
  })
  const { conversations } = await take(queryOrg({ tables: { Conversation: inWindow(2) }, answer }))
  expect(conversations).toMatchObject([{ identifier: 'x0', startTime: null, channelName: null }, { identifier: 'x1' }])
})

describe('options', () => {
  const org = queryOrg({ tables: {} })
  test.each([
    [{ window: { from: window.to, to: window.from } }, 'CENSUS_WINDOW'],
    [{ window: { from: '2026-10-01', to: window.to } }, 'CENSUS_WINDOW'],
    [{ window: { from: '2026-10-01T00:00:00.000Z OR Id != null', to: window.to } }, 'CENSUS_WINDOW'],
    [{ pageSize: 199 }, 'CENSUS_PAGE_SIZE'],
    [{ pageSize: 2001 }, 'CENSUS_PAGE_SIZE'],
    [{ apiVersion: '66' }, 'CENSUS_API_VERSION'],
    [{ apiVersion: '66.0/../x' }, 'CENSUS_API_VERSION'],
    [{ after: { source: 'other', cursor: '{}' } }, 'CENSUS_CHECKPOINT'],
    [{ after: { source: 'census', cursor: 'x' } }, 'CENSUS_CHECKPOINT'],
    [{ after: { source: 'census', cursor: '{"pass":"conversations","after":["x\' OR"]}' } }, 'CENSUS_CHECKPOINT'],
  ])('%j are refused before any request', (wrong, code) => {
    expect(() => census({ org, window, ...wrong })).toThrow(expect.objectContaining({ code, kind: 'usage' }))
    expect(org.asked).toEqual([])
  })
})

describe('the contract of a source', () => {
  const own = inWindow(7)
  const outlying = [conversationRow(8, -20, -10), conversationRow(9, 70, 80)]
  const MessagingSession = [
    ...outlying.flatMap((row, n) => [sessionRow(2 * n, row, 1, 2), sessionRow(2 * n + 1, row, 3, 4)]),
    sessionRow(8, null, 1, 2),
    sessionRow(9, null, 1, 2),
  ]
  const tables: Tables = { Conversation: [...own, ...outlying], MessagingSession }
  testSource<Conversation>({
    test,
    source: (outside) =>
      census({ org: queryOrg({ tables, pageSize: 3, wait: (signal) => outside.call(signal) }), window }),
    resume: (outside, after) =>
      census({ org: queryOrg({ tables, pageSize: 3, wait: (signal) => outside.call(signal) }), window, after }),
    idOf: ({ identifier }) => identifier,
    expected: [...[0, 1, 2, 3, 4, 5, 6, 8, 9].map((n) => `conversation-${n}`), id('0Mw', 8), id('0Mw', 9)],
  })
})
