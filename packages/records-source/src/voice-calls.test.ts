import type { EndUser } from '@custody/model'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { conversationRow, id, queryOrg, sessionRow, type Tables } from './testing/query-org.ts'
import type { TableRow } from './testing/soql-table.ts'
import { take } from './testing/take-census.ts'
import { withCalls } from './voice-calls.ts'
import type { VoiceCallRow } from './wire.ts'

const call = (n: number, fields: Partial<VoiceCallRow> = {}): VoiceCallRow => ({
  Id: id('0LQ', n),
  ConversationId: id('0dw', 1),
  CallType: 'Inbound',
  EndUserId: null,
  FromPhoneNumber: '+15550100',
  ToPhoneNumber: '+15550999',
  ...fields,
})
const endUser: EndUser = {
  recordId: id('0PA', 1),
  name: 'Guest',
  platformKey: '+15550100',
  messageType: 'Voice',
  contactId: null,
  contact: null,
}

describe('numbers of calls', () => {
  test.each([
    ['Inbound', ['+15550100']],
    ['Outbound', ['+15550999']],
    ['Transfer', ['+15550100', '+15550999']],
    [null, ['+15550100', '+15550999']],
  ])('%s: of the other side', (CallType, phones) => {
    expect(withCalls([], [call(1, { CallType })])).toEqual([
      {
        recordId: id('0LQ', 1),
        name: null,
        platformKey: null,
        messageType: null,
        contactId: null,
        contact: { names: [], emails: [], phones, addresses: [] },
      },
    ])
  })

  test('join those of the end user, who is not doubled', () => {
    const calls = [
      call(1, { EndUserId: id('0PA', 1) }),
      call(2, { EndUserId: id('0PA', 1).slice(0, 15), FromPhoneNumber: '+15550101' }),
      call(3, { EndUserId: id('0PA', 1), FromPhoneNumber: '+15550101' }),
    ]
    expect(withCalls([endUser], calls)).toEqual([
      { ...endUser, contact: { names: [], emails: [], phones: ['+15550101'], addresses: [] } },
    ])
    expect(withCalls([endUser], calls.slice(0, 1))).toEqual([endUser])
  })

  test('never get lost, whoever they belong to', () => {
    const phone = fc.option(fc.constantFrom('+15550100', '+15550101', '+15550102', ' '))
    const calls = fc.array(
      fc.record({
        CallType: fc.option(fc.constantFrom('Inbound', 'Outbound')),
        FromPhoneNumber: phone,
        ToPhoneNumber: phone,
        EndUserId: fc.option(fc.constantFrom(id('0PA', 1), id('0PA', 2))),
      }),
    )
    fc.assert(
      fc.property(calls, (specs) => {
        const known = withCalls(
          [endUser],
          specs.map((fields, n) => call(n, fields)),
        )
        const phones = new Set(known.flatMap(({ platformKey, contact }) => [platformKey, ...(contact?.phones ?? [])]))
        for (const { CallType, FromPhoneNumber, ToPhoneNumber } of specs) {
          if (CallType !== 'Outbound' && FromPhoneNumber?.trim()) expect(phones).toContain(FromPhoneNumber)
          if (CallType !== 'Inbound' && ToPhoneNumber?.trim()) expect(phones).toContain(ToPhoneNumber)
        }
        expect(new Set(known.map(({ recordId }) => recordId)).size).toBe(known.length)
      }),
    )
  })
})

describe('a census of calls', () => {
  const voice = conversationRow(1, 0, 10, { ConversationChannelId: id('04v', 1) })
  const chat = conversationRow(2, 0, 10)
  const tables: Tables = {
    Conversation: [voice, chat],
    MessagingSession: [sessionRow(1, chat, 0, 10)],
    MessagingChannel: [{ Id: id('0Mj', 1), MasterLabel: 'Shop', MessageType: 'Text' }],
    MessagingEndUser: [
      { Id: id('0PA', 1), Name: 'Guest', MessagingPlatformKey: '+15550100', MessageType: 'Voice', ContactId: null },
    ],
    VoiceCall: [
      call(1, { EndUserId: id('0PA', 1), FromPhoneNumber: '+15550101' }) as TableRow,
      call(2, { ConversationId: id('0dw', 2) }) as TableRow,
    ],
  }

  test('knows who called, also in a conversation of messages', async () => {
    const { conversations, rejects } = await take(queryOrg({ tables }))
    expect(rejects).toEqual([])
    expect(conversations).toMatchObject([
      {
        channelType: 'Voice',
        sessions: [],
        endUsers: [{ recordId: id('0PA', 1), platformKey: '+15550100', contact: { phones: ['+15550101'] } }],
      },
      { channelType: 'Text', channelName: 'Shop', endUsers: [{ contact: { phones: ['+15550100'] } }] },
    ])
  })

  test('needs no Salesforce Voice where nothing is a call', async () => {
    const org = queryOrg({ tables: { ...tables, Conversation: [chat] }, hidden: ['VoiceCall'] })
    expect((await take(org)).rejects).toEqual([])
  })

  test('records once that calls cannot be seen, where there are some', async () => {
    const chats = Array.from({ length: 250 }, (_, n) => conversationRow(n, 0, 10))
    const calls = Array.from({ length: 250 }, (_, n) =>
      conversationRow(300 + n, 0, 10, { ConversationChannelId: id('04v', 1) }),
    )
    const org = queryOrg({ tables: { Conversation: [...chats, ...calls] }, hidden: ['VoiceCall'] })
    const { rejects } = await take(org)
    expect(rejects).toMatchObject([{ code: 'OBJECT_NOT_VISIBLE', subject: { type: 'VoiceCall', id: null } }])
    expect(org.asked.filter((soql) => soql.includes('FROM VoiceCall'))).toHaveLength(1)
  })
})
