import type { MasterConversation } from '@custody/archive'
import type { Content, Entry } from '@custody/model'

export const since = '2026-10-01T00:00:00.000Z'

/** A conversation with these texts, by customer and agent in turn, and one event. */
export function conversation(
  index: number,
  texts: readonly (string | null)[],
  changes: Partial<MasterConversation> = {},
): MasterConversation {
  return {
    identifier: `conversation-${index}`,
    recordId: null,
    channelName: 'Shop',
    channelType: 'EmbeddedMessaging',
    startTime: since,
    endTime: null,
    continuedBefore: false,
    continuesAfter: false,
    sessions: [],
    participants: [{ role: 'end-user', displayName: 'Guest', recordId: null, joinedAt: null, leftAt: null }],
    entries: [
      ...texts.map((text, at) => entry(`${index}-${at}`, at % 2 === 0 ? 'end-user' : 'agent', text)),
      { ...entry(`${index}-event`, 'system', null), kind: 'routing', entryType: 'Routing' },
    ],
    ...changes,
  }
}

export function entry(
  entryId: string,
  role: Entry['sender']['role'],
  text: string | null,
  content: Content | null = null,
): Entry {
  return {
    entryId,
    sentAt: '2026-10-05T10:11:12.345Z',
    clientAt: null,
    kind: 'message',
    entryType: 'Message',
    sender: { role, appType: null, subject: null, displayName: role === 'agent' ? 'Ana' : null },
    text,
    content,
    relatedRecords: [],
    source: 'conversation-data',
    extra: null,
    payload: {},
  }
}

/** Names and texts that mean something else to spreadsheets, browsers, terminals, mail and file systems. */
export const hostile: readonly string[] = [
  '=cmd|/C calc!A0',
  '+1+1',
  '@SUM(A1)',
  '"quoted", and\r\nbroken',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  'javascript:alert(1)',
  'name\r\nBcc: evil@example.com\r\n\r\nbody',
  'x>, <evil@example.com',
  '=?utf-8?q?encoded?=',
  '\u202egnp.exe',
  '\u001b[2Jgone',
  '../../etc/passwd',
  'CON',
  '.',
  '',
  '__proto__',
  '\uD800 half',
  '\u2028next',
  'é'.repeat(300),
  '--boundary--\r\n.\r\n',
  'From here on',
]

export async function* each(conversations: readonly MasterConversation[]): AsyncGenerator<MasterConversation> {
  yield* conversations
}
