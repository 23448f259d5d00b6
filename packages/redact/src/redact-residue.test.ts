import type { Conversation } from '@custody/model'
import type { Batch } from '@custody/pipeline'
import { expect, test } from 'vitest'
import { defaultPolicy, type Policy, redact } from './index.ts'
import { aConversation, anEndUser, anEntry, aParticipant } from './testing/conversations.ts'

const key = new Uint8Array(32).fill(7)
const phone = '+4915112345678'
const customer = anEndUser({ name: 'Grace Hopper', platformKey: phone })

async function run(conversation: Conversation, policy: Policy = defaultPolicy): Promise<Batch<Conversation>> {
  async function* source(): AsyncGenerator<Batch<Conversation>> {
    yield { records: [conversation], rejects: [] }
  }
  for await (const batch of redact({ policy, key })(source())) return batch
  throw new Error('no batch came')
}

test('a conversation whose own identifier is the phone number is refused, and the reject does not name it', async () => {
  const { records, rejects } = await run(aConversation({ identifier: phone, endUsers: [customer] }))
  expect(records).toEqual([])
  expect(rejects).toMatchObject([
    { stage: 'redact', code: 'REDACTION_RESIDUE', subject: { type: 'Conversation', id: null } },
  ])
  expect(JSON.stringify(rejects)).not.toContain(phone)
})

test('an entry whose identifier is the phone number refuses its conversation by name', async () => {
  const entries = [{ ...anEntry('hello'), entryId: `wa-${phone}` }]
  const { records, rejects } = await run(aConversation({ identifier: 'c-1', endUsers: [customer], entries }))
  expect(records).toEqual([])
  expect(rejects).toMatchObject([{ code: 'REDACTION_RESIDUE', subject: { id: 'c-1' } }])
  expect(JSON.stringify(rejects)).not.toContain(phone)
})

test('what can be redacted is, and goes through', async () => {
  const entries = [anEntry(`I am Grace Hopper, call ${phone}`)]
  const { records, rejects } = await run(aConversation({ identifier: 'c-1', endUsers: [customer], entries }))
  expect(rejects).toEqual([])
  expect(JSON.stringify(records)).not.toMatch(/Hopper|15112345678/)
})

test('what the policy keeps is no residue', async () => {
  const policy = { ...defaultPolicy, types: { ...defaultPolicy.types, NAME: 'keep' } } as const
  const entries = [anEntry('I am Grace Hopper')]
  const { records, rejects } = await run(aConversation({ identifier: 'c-1', endUsers: [customer], entries }), policy)
  expect(rejects).toEqual([])
  expect(records[0]?.entries[0]?.text).toBe('I am Grace Hopper')
})

test('an agent who shares a first name with the customer is no residue in a payload that is JSON in a string', async () => {
  const ines = anEndUser({ name: 'Inês da Silva' })
  const agent = aParticipant('agent', 'Ines Okafor')
  const change = { entries: [{ operation: 'add', displayName: 'Ines Okafor', participant: { role: 'Agent' } }] }
  for (const payload of [change, JSON.stringify(change)]) {
    const entries = [anEntry(null, { payload })]
    const one = aConversation({ identifier: 'c-1', endUsers: [ines], participants: [agent], entries })
    const { records, rejects } = await run(one)
    expect(rejects).toEqual([])
    expect(JSON.stringify(records[0]?.entries[0]?.payload)).toContain('Ines Okafor')
  }
})

test.each([
  'call J&ouml;rg M&uuml;ller &amp; co',
  'J&#246;rg M&#xFC;ller',
  'J&amp;ouml;rg M&amp;uuml;ller',
  'joerg&#64;example.org',
  '&#43;49&nbsp;151&nbsp;12345678',
])('what stands behind HTML escapes is found, in text and in what came with it: %s', async (escaped) => {
  const joerg = anEndUser({
    name: 'Jörg Müller',
    platformKey: phone,
    contact: { names: [], emails: ['joerg@example.org'], phones: [], addresses: [] },
  })
  const entries = [anEntry(escaped, { extra: { messageText: escaped }, payload: { text: escaped } })]
  const { records, rejects } = await run(aConversation({ identifier: 'c-1', endUsers: [joerg], entries }))
  expect(rejects).toEqual([])
  expect(JSON.stringify(records)).not.toMatch(/rg|ller|12345678/)
})

test('escapes stay where nothing is found', async () => {
  const escaped = 'AT&amp;T &lt;b&gt; R&D &unknown; &#0;'
  const entries = [anEntry(escaped, { extra: { messageText: escaped } })]
  const { records } = await run(aConversation({ endUsers: [customer], entries }))
  expect(records[0]?.entries[0]).toMatchObject({ text: escaped, extra: { messageText: escaped } })
})

test('an escaped name that a stage before left in an id is a residue', async () => {
  const entries = [{ ...anEntry('hello'), entryId: 'x-Grace&#32;Hopper' }]
  const { rejects } = await run(aConversation({ identifier: 'c-1', endUsers: [customer], entries }))
  expect(rejects).toMatchObject([{ code: 'REDACTION_RESIDUE' }])
})
