import type { Conversation, Entry, Instant, Participant, Role, Window } from '@custody/model'
import { corpusOf } from '../corpus.ts'
import { generateData } from '../generated/generate-data.ts'
import { createRandom, type Random } from '../generated/random.ts'

/** The month that all of it belongs to. */
export const generatedWindow: Window = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }

export interface GeneratedOptions {
  /** Entries of all conversations together; the last one may exceed it by a few. */
  readonly entries: number
  /** @defaultValue 1 */
  readonly seed?: number
}

const monthMs = Date.parse(generatedWindow.to) - Date.parse(generatedWindow.from)
const corpusCharacters = 2_000_000
const firstNames = ['Joris', 'Petra', 'Amina', 'Luca', 'Chidi', 'Mei', 'Sofía', 'Noah', 'Zoë', 'Ravi', 'Ingrid', 'Omar']
const lastNames = [
  'van Rijn',
  'Novotná',
  'Okafor',
  'Rossi',
  'Tanaka',
  'García',
  'Lindqvist',
  'Haddad',
  'Kowalska',
  'Ng',
]
const channels = [
  ['Web chat', 'EmbeddedMessaging', 'iamessage'],
  ['Shop', 'WhatsApp', 'whatsapp'],
  ['Service line', 'Text', 'sms'],
] as const

/**
 * Conversations as an org has them, of as many entries as asked for, the same at every run: messages of the corpus, one in
 * twelve with personal data in it, their payloads, and events between them.
 */
export function* generatedConversations({
  entries,
  seed = 1,
}: GeneratedOptions): Generator<Conversation, void, undefined> {
  const random = createRandom(seed)
  const texts = corpusOf(generateData({ seed }), corpusCharacters)
  for (let made = 0; made < entries; ) {
    const conversation = generated(random, texts)
    yield conversation
    made += conversation.entries.length
  }
}

function generated(random: Random, texts: readonly string[]): Conversation {
  const length = 4 + random.below(28)
  const startedAt = Date.parse(generatedWindow.from) + random.below(monthMs - 7_200_000)
  const [channelName, channelType, appType] = random.pick(channels)
  const agent = person('agent', random, 'agent')
  const customer = person('end-user', random, appType)
  const session = recordId('0Mw', random)
  let at = startedAt
  const entries = Array.from({ length }, (_, index) => {
    const sender = index === 0 || random.below(2) === 0 ? customer : agent
    const sentAt = instant(at)
    at += 1000 + random.below(180_000)
    return index === 1 ? joined(agent, sentAt, session, random) : message(sender, sentAt, session, random, texts)
  })
  const startTime = instant(startedAt)
  const endTime = instant(at)
  const messages = (role: Role): number =>
    entries.filter(({ kind, sender }) => kind === 'message' && sender.role === role).length
  const [agentMessages, endUserMessages] = [messages('agent'), messages('end-user')]
  return {
    identifier: uuid(random),
    recordId: recordId('0dw', random),
    channelName,
    channelType,
    startTime,
    endTime,
    continuedBefore: false,
    continuesAfter: false,
    sessions: [
      {
        recordId: session,
        status: 'Ended',
        startTime,
        endTime,
        endUserId: customer.recordId,
        agentMessageCount: agentMessages,
        endUserMessageCount: endUserMessages,
      },
    ],
    participants: [customer, agent].map(({ sender, recordId }): Participant => {
      const { role, displayName } = sender
      return { role, displayName, recordId, joinedAt: startTime, leftAt: endTime }
    }),
    endUsers: [],
    entries,
    delivered: {
      source: 'conversation-data',
      entries: length,
      entriesInWindow: length,
      agentMessages,
      endUserMessages,
      requests: 1,
    },
    reconciliation: {
      verdict: 'matched',
      reason: null,
      expectedAgentMessages: agentMessages,
      expectedEndUserMessages: endUserMessages,
    },
    witnesses: [],
    redactions: [],
  }
}

interface Person {
  readonly sender: Entry['sender']
  readonly recordId: string
}

function person(role: Role, random: Random, appType: string): Person {
  const id = recordId(role === 'agent' ? '005' : '0PA', random)
  const displayName = `${random.pick(firstNames)} ${random.pick(lastNames)}`
  const subject =
    role === 'agent' ? id.slice(0, 15) : `v2/iamessage/AUTH/${random.letters(12)}/uid:${random.digits(10)}`
  return { sender: { role, appType, subject, displayName }, recordId: id }
}

function message(
  { sender }: Person,
  sentAt: Instant,
  session: string,
  random: Random,
  texts: readonly string[],
): Entry {
  const entryId = uuid(random)
  const order = random.below(4) === 0 ? ` (order HP-${random.number(6)})` : ''
  const text = `${random.pick(texts)} ${random.pick(texts)}${order}`
  const content = { messageType: 'StaticContentMessage', id: entryId, inReplyToMessageId: null, references: [] }
  const abstractMessage = { ...content, staticContent: { formatType: 'Text', text } }
  const payload = { entryType: 'Message', id: entryId, abstractMessage, messageReason: null }
  return {
    ...entryOf(entryId, sentAt, session),
    kind: 'message',
    entryType: 'Message',
    sender,
    text,
    content: null,
    payload,
  }
}

function joined({ sender }: Person, sentAt: Instant, session: string, random: Random): Entry {
  const entryId = uuid(random)
  const { role, displayName, appType, subject } = sender
  const change = { operation: 'add', displayName, participant: { role: 'Agent', appType, subject } }
  return {
    ...entryOf(entryId, sentAt, session),
    kind: 'participant-change',
    entryType: 'ParticipantChanged',
    sender,
    text: null,
    content: { type: 'participants', changes: [{ operation: 'add', role, displayName }] },
    payload: { entryType: 'ParticipantChanged', id: entryId, entries: [change] },
  }
}

function entryOf(
  entryId: string,
  sentAt: Instant,
  session: string,
): Pick<Entry, 'entryId' | 'sentAt' | 'clientAt' | 'relatedRecords' | 'source' | 'extra'> {
  return { entryId, sentAt, clientAt: sentAt, relatedRecords: [session], source: 'conversation-data', extra: null }
}

function instant(ms: number): Instant {
  return new Date(ms).toISOString()
}

function recordId(prefix: string, random: Random): string {
  return `${prefix}Kj${random.letters(10)}AAA`
}

function uuid(random: Random): string {
  const hex = (digits: number): string =>
    random
      .below(16 ** digits)
      .toString(16)
      .padStart(digits, '0')
  return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(8)}${hex(4)}`
}
