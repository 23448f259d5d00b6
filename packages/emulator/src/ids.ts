import { hash32, mix32, unmix32 } from './random.ts'

/** The key prefixes of the objects served, as Salesforce has them. */
export const keyPrefixes = {
  Account: '001',
  BotDefinition: '0Xx',
  // assumption: a prefix of query jobs; documents show ids that begin so.
  BulkJob: '750',
  Contact: '003',
  ContentDocument: '069',
  ContentDocumentLink: '06A',
  ContentVersion: '068',
  Conversation: '0dw',
  // assumption: the prefix of log entries; no page shows one.
  ConversationApiLog: '1cK',
  // assumption: the prefix of entries' own record ids; no page shows one.
  ConversationEntry: '0dx',
  ConversationParticipant: '0ec',
  // assumption: the prefixes of attendees, and of roles in Data 360; no page shows one.
  EngagementAttendee: '0eA',
  EngagementParticipantAppRole: '0er',
  LiveChatTranscript: '570',
  MessagingChannel: '0Mj',
  MessagingEndUser: '0PA',
  MessagingSession: '0Mw',
  // assumption: the prefix of MessagingSessionMetrics is not documented.
  MessagingSessionMetrics: '1Mm',
  Organization: '00D',
  // assumption: the prefixes of privacy holds and their reasons; no page shows one.
  PrivacyHold: '1pH',
  PrivacyHoldReason: '1pR',
  Queue: '00G',
  User: '005',
  VoiceCall: '0LQ',
} as const

export type KeyedObject = keyof typeof keyPrefixes

// In ASCII order, so that ids sort as their numbers do.
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const checksumAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'
const instance = 'Kj0'
const digits = 15 - 3 - instance.length

/** The 15-character record id of the nth record of an object. */
export function recordId15(object: KeyedObject, number: number): string {
  let rest = number
  let tail = ''
  for (let k = 0; k < digits; k++) {
    tail = base62[rest % 62] + tail
    rest = Math.floor(rest / 62)
  }
  return keyPrefixes[object] + instance + tail
}

/** The 18-character record id of the nth record of an object. */
export function recordId(object: KeyedObject, number: number): string {
  return withChecksum(recordId15(object, number))
}

/** Adds the three characters that make an id safe where case is lost: one bit for each capital letter. */
export function withChecksum(id15: string): string {
  let suffix = ''
  for (let block = 0; block < 3; block++) {
    let bits = 0
    for (let k = 0; k < 5; k++) {
      const code = id15.charCodeAt(block * 5 + k)
      if (code >= 65 && code <= 90) bits |= 1 << k
    }
    suffix += checksumAlphabet[bits]
  }
  return id15 + suffix
}

/** Which record of an object an id of 15 or 18 characters names; undefined where it names none that could exist. */
export function recordNumber(object: KeyedObject, id: string): number | undefined {
  const head = keyPrefixes[object] + instance
  if (!id.startsWith(head)) return undefined
  const id15 = id.slice(0, 15)
  if (id.length !== 15 && (id.length !== 18 || withChecksum(id15) !== id)) return undefined
  let number = 0
  for (let k = head.length; k < 15; k++) {
    const digit = base62.indexOf(id15[k] as string)
    if (digit < 0) return undefined
    number = number * 62 + digit
  }
  return number
}

/** Whether a text has the form of a record id. */
export function looksLikeRecordId(text: string): boolean {
  return /^(?:[0-9A-Za-z]{15}|[0-9A-Za-z]{18})$/.test(text)
}

const conversationSpace = 0x636f6e76
const entrySpace = 0x656e7472
const otherSpace = 0x6f746872

/** The ConversationIdentifier of conversation `index`: a UUID that {@link conversationIndex} reads back. */
export function conversationIdentifier(seed: number, index: number): string {
  return uuid(seed, conversationSpace, index, 0)
}

/** Which conversation a ConversationIdentifier names; undefined where it is none of ours. Case does not matter. */
export function conversationIndex(seed: number, identifier: string): number | undefined {
  if (!/^[0-9a-f]{8}-/i.test(identifier)) return undefined
  const index = (unmix32(Number.parseInt(identifier.slice(0, 8), 16)) ^ hash32(seed, conversationSpace)) >>> 0
  return conversationIdentifier(seed, index) === identifier.toLowerCase() ? index : undefined
}

/** The identifier of the nth entry of conversation `index`. */
export function entryIdentifier(seed: number, index: number, number: number): string {
  return uuid(seed, entrySpace, index, number)
}

/** Which conversation an entry's identifier would belong to, if it is one of ours at all. */
export function conversationOfEntry(seed: number, identifier: string): number | undefined {
  if (!/^[0-9a-f]{8}-/i.test(identifier)) return undefined
  return (unmix32(Number.parseInt(identifier.slice(0, 8), 16)) ^ hash32(seed, entrySpace)) >>> 0
}

/** Any other UUID that the world needs. */
export function otherIdentifier(seed: number, a: number, b: number): string {
  return uuid(seed, otherSpace, a, b)
}

/** A UUID (version 4 by its form) that no other pair of numbers of the space has: both enter by bijections. */
function uuid(seed: number, space: number, a: number, b: number): string {
  const first = mix32(a ^ hash32(seed, space))
  // 28 bits: 32 less the four of the version digit between them.
  const second = ((Math.imul(b ^ first, 0x2c1b3c6d) ^ hash32(seed, space, 1)) >>> 0) & 0x0fffffff
  const third = hash32(seed ^ space, a, b, 3)
  const fourth = hash32(seed ^ space, a, b, 4)
  const variant = ((third >>> 16) & 0x3fff) | 0x8000
  const head = `${hex4(first >>> 16)}${hex4(first & 0xffff)}-${hex4(second >>> 12)}-${hex4(0x4000 | (second & 0xfff))}`
  return `${head}-${hex4(variant)}-${hex4(third & 0xffff)}${hex4(fourth >>> 16)}${hex4(fourth & 0xffff)}`
}

// Entries are listed by the million: looking hexadecimal digits up is several times faster than formatting them.
const hexadecimal = Array.from({ length: 0x10000 }, (_, value) => value.toString(16).padStart(4, '0'))

function hex4(value: number): string {
  return hexadecimal[value] as string
}
