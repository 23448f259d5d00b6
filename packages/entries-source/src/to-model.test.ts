import { type Participant, parseJson, toRecordId } from '@custody/model'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { wireEntry } from './testing/entry-server.ts'
import { toEntry } from './to-model.ts'
import { defaultWire } from './wire.ts'

const at = Date.UTC(2026, 9, 1, 8, 30)
const wire = wireEntry({ id: 'e1', at })

function read(value: unknown, participants: readonly Participant[] = []) {
  const received = toEntry(value, participants, defaultWire)
  if (!('entry' in received)) throw new Error(received.code)
  return received.entry
}

const participant = (fields: Partial<Participant>): Participant => ({
  role: 'agent',
  displayName: null,
  recordId: null,
  joinedAt: null,
  leftAt: null,
  ...fields,
})

test('reads a message', () => {
  expect(read(wire)).toEqual({
    entryId: 'e1',
    sentAt: '2026-10-01T08:30:00.000Z',
    clientAt: '2026-10-01T08:29:59.950Z',
    kind: 'message',
    entryType: 'Message',
    sender: { role: 'end-user', appType: 'iamessage', subject: 'v2/iamessage/UNAUTH/NA/uid:1', displayName: null },
    text: 'text e1',
    content: null,
    relatedRecords: [],
    source: 'conversation-data',
    payload: wire['entryPayload'],
    extra: null,
  })
})

describe('what has no place of its own is kept as it came', () => {
  const extraOf = (change: Record<string, unknown>): unknown => read({ ...wire, ...change }).extra

  test('unknown fields of the entry and of its sender', () => {
    const recipients = [{ role: 'Agent', subject: '005' }]
    expect(extraOf({ recipients, language: null })).toEqual({ recipients })
    expect(extraOf({ sender: { role: 'EndUser', clientIdentifier: 'c' } })).toEqual({
      sender: { clientIdentifier: 'c' },
    })
    expect(JSON.stringify(extraOf(JSON.parse('{"__proto__":{"x":1}}')))).not.toContain('polluted')
    const entry = toEntry(
      JSON.parse('{"identifier":"e1","serverReceivedTimestamp":1790000000000,"__proto__":1}'),
      [],
      defaultWire,
    )
    expect(JSON.stringify(entry)).toContain('"extra":{"__proto__":1}')
  })

  test('known fields of a shape that was not expected, and words the model has none for', () => {
    expect(extraOf({ senderDisplayName: { text: 'Guest' } })).toEqual({ senderDisplayName: { text: 'Guest' } })
    expect(extraOf({ relatedRecords: ['0MwKj000007sdiM', 7] })).toEqual({ relatedRecords: ['0MwKj000007sdiM', 7] })
    expect(extraOf({ clientTimestamp: 'soon' })).toEqual({ clientTimestamp: 'soon' })
    expect(extraOf({ sender: { role: 'Hologram' } })).toEqual({ sender: { role: 'Hologram' } })
    expect(extraOf({ sender: 'somebody' })).toEqual({ sender: 'somebody' })
  })

  test('the server’s other time, when the two differ', () => {
    expect(extraOf({ transcriptedTimestamp: at, serverReceivedTimestamp: at })).toBeNull()
    expect(extraOf({ transcriptedTimestamp: at, serverReceivedTimestamp: at + 5 })).toEqual({
      serverReceivedTimestamp: at + 5,
    })
  })

  test('a text beside a payload', () => {
    expect(extraOf({ messageText: 'another' })).toEqual({ messageText: 'another' })
    expect(extraOf({ messageText: 'the text', entryPayload: null })).toBeNull()
  })

  test('never less than came: every field is read or kept', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue()), (fields) => {
        const kept = (extraOf(fields) ?? {}) as Record<string, unknown>
        const unknown = Object.entries(fields).filter(
          ([name, value]) => value !== null && !Object.hasOwn(wireNames, name),
        )
        for (const [name, value] of unknown) expect(kept[name]).toEqual(value)
      }),
    )
  })
})

const wireNames = Object.fromEntries(
  [
    'identifier',
    'entryType',
    'entryPayload',
    'messageText',
    'sender',
    'senderDisplayName',
    'relatedRecords',
    'clientTimestamp',
    ...defaultWire.serverTimestamps,
  ].map((name) => [name, true]),
)

test('keeps the payload verbatim, as object or as string', () => {
  const text =
    '{"entryType":"Message","abstractMessage":{"staticContent":{"formatType":"Text","text":"a &amp; b"}},"n":12345678901234567890,"__proto__":1}'
  const object = parseJson(text)
  expect(read({ ...wire, entryPayload: object }).payload).toBe(object)
  expect(JSON.stringify(read({ ...wire, entryPayload: object }).payload)).toBe(text)
  expect(read({ ...wire, entryPayload: text }).payload).toBe(text)
  expect(read({ ...wire, entryPayload: text }).text).toBe(read({ ...wire, entryPayload: object }).text)
  expect(read({ ...wire, entryPayload: undefined }).payload).toBeNull()
})

test('keeps what it does not know', () => {
  const entry = read({ ...wire, entryType: 'HologramShown', entryPayload: { colour: 'blue' } })
  expect(entry).toMatchObject({ kind: 'other', entryType: 'HologramShown', payload: { colour: 'blue' } })
})

test('reads a text message in the style of the Connect API', () => {
  const entry = read({ identifier: 'e1', messageText: 'I&#39;m here', serverReceivedTimestamp: at })
  expect(entry).toMatchObject({ kind: 'message', entryType: 'Message', text: "I'm here", payload: null })
})

describe('the time of an entry', () => {
  test('is the transcripted one, then the one of receipt, then the sender’s', () => {
    const times = { transcriptedTimestamp: at, serverReceivedTimestamp: at + 1, clientTimestamp: at + 2 }
    expect(read({ ...wire, ...times }).sentAt).toBe('2026-10-01T08:30:00.000Z')
    expect(read({ ...wire, ...times, transcriptedTimestamp: null }).sentAt).toBe('2026-10-01T08:30:00.001Z')
    expect(read({ ...wire, ...times, transcriptedTimestamp: 'soon' }).sentAt).toBe('2026-10-01T08:30:00.001Z')
    const unstamped = { ...wire, ...times, transcriptedTimestamp: 0, serverReceivedTimestamp: undefined }
    expect(read(unstamped).sentAt).toBe('2026-10-01T08:30:00.002Z')
    expect(toEntry(unstamped, [], defaultWire)).toMatchObject({ serverAt: null })
  })

  test('may come in seconds', () => {
    expect(read({ ...wire, transcriptedTimestamp: at / 1000 }).sentAt).toBe('2026-10-01T08:30:00.000Z')
  })

  test('has to be there', () => {
    expect(toEntry({ identifier: 'e1', entryType: 'Message' }, [], defaultWire)).toMatchObject({
      code: 'ENTRY_WITHOUT_TIMESTAMP',
      entryId: 'e1',
    })
  })
})

test.each([null, 7, 'text', [], {}, { identifier: '' }, { identifier: 7 }])(
  'refuses %j for want of an identifier',
  (value) => {
    expect(toEntry(value, [], defaultWire)).toMatchObject({ code: 'ENTRY_MALFORMED', entryId: null })
  },
)

test('never throws and never loses an entry that has an identifier and a time', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.array(fc.constantFrom(...Object.keys(wire))),
      fc.jsonValue(),
      (noise, names, value) => {
        const broken = Object.fromEntries(names.map((name) => [name, value]))
        const entry = read({ ...noise, ...wire, ...broken, identifier: 'e1', transcriptedTimestamp: at })
        expect(entry.entryId).toBe('e1')
      },
    ),
  )
})

test('joins related records by their 18-character ids and keeps what are none', () => {
  const relatedRecords = ['0MwKj000007sdiM', '0MwKj000007sdiMKAQ', 'a-uuid', 7, null]
  expect(read({ ...wire, relatedRecords }).relatedRecords).toEqual([
    '0MwKj000007sdiMKAQ',
    '0MwKj000007sdiMKAQ',
    'a-uuid',
  ])
})

describe('the name of a sender', () => {
  const sent = (subject: string, senderDisplayName?: string) => ({
    ...wire,
    sender: { role: 'Agent', appType: 'agent', subject },
    senderDisplayName,
  })
  const ana = participant({ displayName: 'Ana', recordId: toRecordId('005Kj000007sdiM') })
  const ben = participant({ displayName: 'Ben', recordId: toRecordId('005Kj000007sdiN') })

  test('is the one it came with', () => {
    expect(read(sent('x', 'Zoe'), [ana]).sender.displayName).toBe('Zoe')
  })

  test('else that of the participant with its record id', () => {
    expect(read(sent('005Kj000007sdiM'), [ben, ana]).sender.displayName).toBe('Ana')
  })

  test('else that of the only name with its role', () => {
    expect(read(sent('x'), [ana, participant({ role: 'bot', displayName: 'Bo' })]).sender.displayName).toBe('Ana')
    expect(read(sent('x'), [ana, ben]).sender.displayName).toBeNull()
    expect(read(sent('x'), [ana, participant({})]).sender.displayName).toBeNull()
    expect(read(sent('x')).sender.displayName).toBeNull()
  })
})
