import { describe, expect, test } from 'vitest'
import { changedOwners } from '../snapshot.ts'
import { type EmulatorOptions, type Org, startEmulator } from '../start-emulator.ts'
import { connect, type TestClient } from '../testing/client.ts'
import { connectData360 } from '../testing/data360-client.ts'
import { deleteEndUsers } from '../testing/deletion-client.ts'
import { everythingServed } from '../testing/everything-served.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { withOrg } from '../testing/with-org.ts'
import type { DeletionSwitches } from './deletion-switches.ts'

const options: EmulatorOptions = {
  conversations: 60,
  longEntries: 30,
  limits: { entriesPerMinute: 100_000 },
  world: { sharedEveryNth: 4 },
}

interface Shared {
  readonly identifier: string
  readonly recordId: string
  readonly owner: string
  readonly guest: string
}

/** A conversation of two end users, all of whose sessions have ended, and in which both write. */
async function shared(org: Org, client: TestClient): Promise<Shared> {
  for (const { conversationIdentifier: identifier, recordId } of org.truth.conversations()) {
    const [owner = '', guest = '', ...more] = (
      await client.rows(
        `SELECT ParticipantEntityId FROM ConversationParticipant WHERE ConversationId = '${recordId}' AND ParticipantRole = 'EndUser' ORDER BY Id`,
      )
    ).map((row) => String(row['ParticipantEntityId']))
    expect(more).toEqual([])
    if (guest === '') continue
    const entries = await client.allEntries(identifier)
    const subjects = new Set(
      entries.filter(({ sender }) => sender.role === 'EndUser').map(({ sender }) => sender.subject),
    )
    if (subjects.size < 2) continue
    org.setSessions(owner, 'ended')
    org.setSessions(guest, 'ended')
    return { identifier, recordId, owner, guest }
  }
  return expect.unreachable('no conversation is shared')
}

async function subjectOf(client: TestClient, endUser: string): Promise<string> {
  const [row] = await client.rows(`SELECT MessagingPlatformKey FROM MessagingEndUser WHERE Id = '${endUser}'`)
  return String(row?.['MessagingPlatformKey'])
}

/** Who speaks in a conversation: subjects, as often as they do. */
async function speakers(client: TestClient, identifier: string): Promise<readonly string[]> {
  const { status } = await client.entries(identifier)
  if (status === 404) return []
  return (await client.allEntries(identifier)).map(({ sender }) => sender.subject)
}

const use = (
  deletion: Partial<DeletionSwitches>,
  body: (org: Org, client: TestClient) => Promise<void>,
): Promise<void> => withOrg({ ...options, deletion, clock: manualClock() }, body)

describe.each(['guest', 'owner'] as const)('when the %s of a shared conversation is deleted', (who) => {
  const whoStays = who === 'guest' ? 'owner' : 'guest'

  test('what they wrote goes, what anybody else wrote stays word for word', async () => {
    await use({}, async (org, client) => {
      const conversation = await shared(org, client)
      const { identifier, recordId, [who]: doomed, [whoStays]: stays } = conversation
      const [gone, left] = [await subjectOf(client, doomed), await subjectOf(client, stays)]
      const entriesBefore = await client.allEntries(identifier)
      const soql = `SELECT Id FROM ConversationParticipant WHERE ConversationId = '${recordId}' AND ParticipantEntityId = '${doomed}'`
      const participant = String((await client.rows(soql))[0]?.['Id'])
      const part = `SELECT ConversationId FROM ConversationParticipant WHERE ParticipantEntityId = '${doomed}'`
      expect((await client.rows(part)).map(({ ConversationId }) => ConversationId)).toContain(recordId)
      const theirs = `SELECT Id FROM MessagingSession WHERE MessagingEndUserId = '${doomed}'`
      const sessionIds = (await client.rows(theirs)).map(({ Id }) => String(Id))
      const before = org.snapshot()
      expect((await deleteEndUsers(org, client, [doomed])).status).toBe(202)

      expect(changedOwners(before, org.snapshot())).toEqual([doomed])
      expect(await client.allEntries(identifier)).toEqual(entriesBefore.filter(({ sender }) => sender.subject !== gone))
      expect(await speakers(client, identifier)).toContain(left)
      expect(await client.rows(part)).toEqual([])
      const participants = await client.rows(
        `SELECT ParticipantEntityId FROM ConversationParticipant WHERE ConversationId = '${recordId}'`,
      )
      expect(participants.map((row) => row['ParticipantEntityId'])).not.toContain(doomed)
      expect(participants.map((row) => row['ParticipantEntityId'])).toContain(stays)
      const sessions = await client.rows(`SELECT Id FROM MessagingSession WHERE ConversationId = '${recordId}'`)
      expect(sessions.length > 0).toBe(who === 'guest')
      expect(org.truth.deleted()).toMatchObject({ endUsers: [doomed] })
      expect(org.truth.deleted().conversations).not.toContain(identifier)
      org.deletion.set({ lagMs: { data360: 0 } })
      for (const sight of ['data360', 'transcript-export', 'connect'] as const) {
        const text = await everythingServed(org, client, { sight, identifiers: [identifier], how: 'thorough' })
        for (const { identifier: entry, sender, entryType } of entriesBefore) {
          const isServed = sight !== 'connect' || (entryType === 'Message' && sender.role !== 'Chatbot')
          expect(text.includes(entry)).toBe(isServed && sender.subject !== gone)
        }
        expect(text.includes(participant)).toBe(false)
      }
      const tenant = await connectData360(org)
      const sql = 'SELECT ssot__Id__c FROM ssot__MessagingSession__dlm'
      const { text: sessionRows } = await tenant.tenant('POST', '/api/v2/query', { sql })
      for (const id of sessionIds) expect(sessionRows.includes(id)).toBe(false)
    })
  })

  test('the conversation goes with the last of them', async () => {
    await use({}, async (org, client) => {
      const { identifier, recordId, [who]: first, [whoStays]: last } = await shared(org, client)
      await deleteEndUsers(org, client, [first])
      await deleteEndUsers(org, client, [last])
      expect((await client.entries(identifier)).status).toBe(404)
      expect(await client.rows(`SELECT Id FROM Conversation WHERE Id = '${recordId}'`)).toEqual([])
      expect(org.truth.deleted().conversations).toContain(identifier)
    })
  })

  test('it goes as a whole, or not at all, where the switch says so', async () => {
    await use({ sharedConversations: 'whole' }, async (org, client) => {
      const { identifier, [who]: doomed } = await shared(org, client)
      await deleteEndUsers(org, client, [doomed])
      expect((await client.entries(identifier)).status).toBe(404)
      expect(org.truth.deleted().conversations).toContain(identifier)
    })
    await use({ sharedConversations: 'untouched' }, async (org, client) => {
      const { identifier, [who]: doomed } = await shared(org, client)
      const entriesBefore = await client.allEntries(identifier)
      await deleteEndUsers(org, client, [doomed])
      expect(await client.allEntries(identifier)).toEqual(entriesBefore)
      expect(await client.rows(`SELECT Id FROM MessagingEndUser WHERE Id = '${doomed}'`)).toEqual([])
    })
  })
})

describe('more people, and more of each', () => {
  const everything = async (org: Org): Promise<string> => {
    const client = await connect(org)
    const soql = [
      'SELECT Id, MessagingPlatformKey, ContactId FROM MessagingEndUser',
      'SELECT Id, ParticipantKey FROM ConversationParticipant',
    ]
    const rows = await Promise.all(soql.map((text) => client.rows(text)))
    return JSON.stringify([rows, org.snapshot().entries().toArray()])
  }
  const made = async (more: EmulatorOptions): Promise<string> => {
    const org = await startEmulator({ conversations: 60, longEntries: 30, clock: manualClock(), ...more })
    try {
      // The ports are any that were free.
      return (await everything(org)).replaceAll(org.url, '')
    } finally {
      await org.close()
    }
  }

  test('a world is the same as ever until it is asked for more', async () => {
    const attachments = { switches: { attachmentBytes: 0 } }
    const plain = await made({ world: { sharedEveryNth: 0, everyChannel: false }, ...attachments })
    expect(JSON.parse(plain)[0]).toEqual(JSON.parse(await made({}))[0])
    expect(JSON.parse(await made({ world: { everyChannel: true } }))[0]).not.toEqual(JSON.parse(plain)[0])
    const guests = JSON.parse(await made({ world: { sharedEveryNth: 4 } }))[0]
    expect(guests[0]).toEqual(JSON.parse(plain)[0][0])
    expect(guests[1].length).toBeGreaterThan(JSON.parse(plain)[0][1].length + 10)
  })

  test('a person has a record for each channel, of one contact and one phone number', async () => {
    const org = await startEmulator({ conversations: 80, world: { everyChannel: true } })
    try {
      const client = await connect(org)
      const rows = await client.rows('SELECT ContactId, MessageType, MessagingPlatformKey FROM MessagingEndUser')
      const byContact = Map.groupBy(
        rows.filter(({ ContactId }) => ContactId),
        ({ ContactId }) => ContactId,
      )
      const counts = Array.from(byContact.values(), (records) => records.length)
      expect(Math.max(...counts)).toBe(4)
      for (const records of byContact.values()) {
        expect(new Set(records.map(({ MessageType }) => MessageType)).size).toBe(records.length)
        const phones = records.filter(({ MessageType }) => MessageType === 'WhatsApp' || MessageType === 'Text')
        expect(new Set(phones.map((row) => row['MessagingPlatformKey'])).size).toBeLessThanOrEqual(1)
      }
    } finally {
      await org.close()
    }
  })
})
