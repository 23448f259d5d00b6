import { expect, test } from 'vitest'
import { rowsOf } from '../soql/read-rows.ts'
import { type AskedOrg, askOrg } from '../testing/asked-org.ts'
import { surveyTargets } from './survey-targets.ts'
import type { Survey, TargetFacts } from './target-facts.ts'

const now = Date.parse('2026-11-21T00:00:00.000Z')

function survey(
  { client }: AskedOrg,
  ids: readonly string[],
  kind: 'end-user' | 'conversation' = 'end-user',
  request = 'R-1',
): Promise<Survey> {
  return surveyTargets({ org: client, now, targets: ids.map((id) => ({ request, kind, id })) })
}

/** All sessions of the org, with whose they are. */
async function sessionsOf({ client }: AskedOrg) {
  const fields = ['MessagingEndUserId', 'ConversationId', 'Conversation.ConversationIdentifier', 'Status']
  return (await rowsOf('MessagingSession', fields, ["Id != ''"], { org: client })).map((row) => ({
    id: row.id,
    endUserId: row.text('MessagingEndUserId') ?? '',
    recordId: row.text('ConversationId') ?? '',
    identifier: row.text('Conversation.ConversationIdentifier') ?? '',
    isOpen: row.text('Status') !== 'Ended',
  }))
}

test('counts every record of every end user, one by one and all together', async () => {
  const asked = await askOrg({ conversations: 300, longEntries: 20, world: { everyChannel: true } })
  const sessions = await sessionsOf(asked)
  const ids = [...new Set(sessions.map(({ endUserId }) => endUserId))]
  expect(ids.length).toBeGreaterThan(60)
  const { targets } = await survey(asked, ids)
  expect(targets.map(({ id }) => id)).toEqual(ids)
  for (const { id, recordId, counts, conversations, openSessions, times, messages } of targets) {
    const own = sessions.filter(({ endUserId }) => endUserId === id)
    expect(recordId).toBe(id)
    expect(counts['MessagingEndUser']).toBe(1)
    expect(counts['MessagingSession']).toBe(own.length)
    expect(openSessions).toBe(own.filter(({ isOpen }) => isOpen).length)
    expect(new Set(conversations.map(({ identifier }) => identifier))).toEqual(
      new Set(own.map((each) => each.identifier)),
    )
    expect(counts['Conversation']).toBe(conversations.length)
    // A call need not have a conversation.
    expect(times.length).toBeGreaterThanOrEqual(conversations.length)
    expect(messages).toBeGreaterThanOrEqual(0)
  }
  const [one] = (await survey(asked, ids.slice(3, 4))).targets
  expect(one).toEqual(targets[3])
})

test('tells who shares a conversation; the records of one person share none with themselves', async () => {
  const asked = await askOrg({ conversations: 120, longEntries: 20, world: { sharedEveryNth: 5 } })
  const rows = await rowsOf('ConversationParticipant', ['ConversationId', 'ParticipantEntityId'], ["Id != ''"], {
    org: asked.client,
  })
  const endUsers = rows.filter((row) => row.text('ParticipantEntityId')?.startsWith('0PA'))
  const byConversation = Map.groupBy(endUsers, (row) => row.text('ConversationId') ?? '')
  const sharing = [...byConversation.values()].filter((members) => members.length > 1)
  expect(sharing.length).toBeGreaterThan(10)
  const both = (sharing[0] ?? []).map((row) => row.text('ParticipantEntityId') ?? '')
  const [owner = '', guest = ''] = both
  const shared = (facts: readonly TargetFacts[]): readonly number[] => facts.map((each) => each.shared)
  expect(shared((await survey(asked, [owner])).targets)[0]).toBeGreaterThan(0)
  const alone = (await survey(asked, [guest])).targets[0]
  expect(alone?.shared).toBeGreaterThan(0)
  expect(alone?.conversations.length).toBeGreaterThan(0)
  const together = (await survey(asked, both)).targets
  const apart = (
    await surveyTargets({
      org: asked.client,
      now,
      targets: [
        { request: 'R-1', kind: 'end-user', id: owner },
        { request: 'R-2', kind: 'end-user', id: guest },
      ],
    })
  ).targets
  expect(together[0]?.shared).toBe((apart[0]?.shared ?? 0) - 1)
})

test('tells what stands in the way: open sessions, restricting children, holds of the org', async () => {
  const first = await askOrg({ conversations: 60, longEntries: 20 })
  const [restricted = '', held = '', over = '', inactive = '', open = ''] = (
    await first.values('MessagingEndUser', 'Id')
  ).map(String)
  const ids = [restricted, held, over, inactive, open] as readonly string[]
  const asked = await askOrg({
    conversations: 60,
    longEntries: 20,
    deletion: {
      restricted: [restricted],
      privacyHolds: [
        { recordId: held.slice(0, 15) },
        { recordId: over, endDate: '2026-11-01' },
        { recordId: inactive, isActive: false },
      ],
    },
  })
  for (const id of ids) asked.org.setSessions(id, id === open ? 'open' : 'ended')
  const { targets, notSeen } = await survey(asked, ids)
  expect(notSeen).toEqual([])
  expect(targets.map(({ restricting }) => restricting)).toEqual([{ EngagementAttendee: 1 }, {}, {}, {}, {}])
  expect(targets.map(({ privacyHolds }) => privacyHolds.length)).toEqual([0, 1, 0, 0, 0])
  expect(targets.map(({ openSessions }) => openSessions > 0)).toEqual([false, false, false, false, true])
})

test('an org without privacy holds, calls or participants says so', async () => {
  const absentObjects = ['ConversationParticipant', 'VoiceCall', 'PrivacyHold']
  const asked = await askOrg({ conversations: 30, longEntries: 10, switches: { absentObjects } })
  const [id = ''] = await asked.values('MessagingEndUser', 'Id')
  const { targets, notSeen } = await survey(asked, [id as string])
  expect(notSeen).toEqual(['participants-not-visible', 'privacy-holds-not-visible', 'voice-calls-not-visible'])
  expect(targets[0]?.counts).toMatchObject({ MessagingEndUser: 1, ConversationParticipant: null, VoiceCall: null })
  expect(targets[0]?.notCounted).toEqual({
    ConversationEntry: 'off-platform',
    ConversationParticipant: 'not-visible',
    VoiceCall: 'not-visible',
  })
})

test('conversations are targets by their identifier, to the letter', async () => {
  const asked = await askOrg({ conversations: 40, longEntries: 20, world: { sharedEveryNth: 3 } })
  const sessions = await sessionsOf(asked)
  const identifiers = [...new Set(sessions.map(({ identifier }) => identifier))].slice(0, 12)
  const wrongCase = (identifiers[0] ?? '').toUpperCase()
  const { targets } = await survey(asked, [...identifiers, wrongCase, "x' OR Id != '"], 'conversation')
  for (const [at, identifier] of identifiers.entries()) {
    const own = sessions.filter((session) => session.identifier === identifier)
    expect(targets[at]).toMatchObject({
      recordId: own[0]?.recordId,
      counts: { Conversation: 1, MessagingSession: own.length },
    })
    expect(targets[at]?.endUserIds).toContain(own[0]?.endUserId)
    expect(targets[at]?.shared).toBe(Number((targets[at]?.endUserIds.length ?? 0) > 1))
  }
  expect(targets.some(({ shared }) => shared > 0)).toBe(true)
  for (const unknown of targets.slice(identifiers.length)) {
    expect(unknown).toMatchObject({ recordId: null, counts: { Conversation: 0, MessagingSession: 0 } })
  }
})

test('an end user that the org does not give is a target without a record', async () => {
  const asked = await askOrg({ conversations: 20, longEntries: 10 })
  const { targets } = await survey(asked, ['0PA000000009999GAA'])
  expect(targets[0]).toMatchObject({ recordId: null, conversations: [], counts: { MessagingEndUser: 0 } })
})

test('several hundred end users cost few requests', async () => {
  const asked = await askOrg({ conversations: 800, longEntries: 10 })
  const ids = (await asked.values('MessagingEndUser', 'Id')).map(String)
  const before = asked.requests.get('query') ?? 0
  await survey(asked, ids)
  expect(ids.length).toBeGreaterThan(300)
  expect((asked.requests.get('query') ?? 0) - before).toBeLessThan(80)
})
