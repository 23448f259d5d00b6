import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { type EmulatorOptions, startEmulator } from './start-emulator.ts'
import { connect } from './testing/client.ts'
import { manualClock } from './testing/manual-clock.ts'

/** A digest of everything an org serves: all records of all objects, all entries of all conversations. */
async function digest(options: EmulatorOptions): Promise<string> {
  const org = await startEmulator({
    conversations: 50,
    longEntries: 80,
    limits: { entriesPerMinute: 100_000 },
    clock: manualClock(),
    ...options,
  })
  const hash = createHash('sha256')
  try {
    const client = await connect(org)
    for (const soql of [
      'SELECT Id, Name, ConversationIdentifier, StartTime, EndTime, LastModifiedDate FROM Conversation',
      'SELECT Id, Status, StartTime, EndTime, PreviewDetails, AgentMessageCount, SessionKey FROM MessagingSession',
      'SELECT Id, Name, MessagingPlatformKey, Contact.Email, Contact.MobilePhone FROM MessagingEndUser',
      'SELECT Id, ParticipantKey, ParticipantDisplayName FROM ConversationParticipant',
    ]) {
      hash.update(JSON.stringify(await client.query(soql)))
    }
    for (const { conversationIdentifier } of org.truth.conversations()) {
      let token: string | undefined
      do {
        const { status, text, body } = await client.entries(conversationIdentifier, token ? { pageToken: token } : {})
        // Attachments are with the org, and its ports are any that were free.
        hash.update(`${status} ${text.replaceAll(org.url, '')}`)
        token = body.nextPageToken
      } while (token)
    }
  } finally {
    await org.close()
  }
  return hash.digest('hex')
}

test('the same options serve the same bytes; another seed or scenario others', async () => {
  const first = await digest({ seed: 'a' })
  expect(await digest({ seed: 'a' })).toBe(first)
  expect(await digest({ seed: 'b' })).not.toBe(first)
  expect(await digest({ seed: 'a', switches: { order: 'shuffled' } })).not.toBe(first)
  expect(await digest({ seed: 'a', month: '2025-02' })).not.toBe(first)
})

test('faults drawn by chance fall on the same requests', async () => {
  const scenario = {
    rules: [
      { match: { endpoint: 'conversation-entries', probability: 0.3 }, action: { type: 'status', status: 503 } },
      { match: { endpoint: 'conversation-entries', probability: 0.2 }, action: { type: 'short-page', entries: 2 } },
    ],
  } as const
  const faulty = await digest({ scenario })
  expect(await digest({ scenario })).toBe(faulty)
  expect(await digest({})).not.toBe(faulty)
})
