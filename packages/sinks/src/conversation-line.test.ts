import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeConversation } from './conversation-line.ts'
import { sampleConversation, sampleEntry } from './testing/sample-conversation.ts'

const salt = 'c2FsdHNhbHRzYWx0c2FsdHNhbHRzYWx0c2FsdHNhbHQ'
const encodeEntry = (changes: Parameters<typeof sampleEntry>[0]): string =>
  encodeConversation(sampleConversation({ entries: [sampleEntry(changes)] }), { salt })

test('a line has exactly the keys of the format, in its order, whatever order the objects have', () => {
  expect(encodeConversation(sampleConversation(), { salt })).toBe(
    `{"v":1,"salt":"${salt}",` +
      '"conversation":{"identifier":"c-1","recordId":null,"channelName":"Shop","channelType":"WhatsApp",' +
      '"startTime":"2026-10-01T08:00:00.000Z","endTime":null,"continuedBefore":false,"continuesAfter":true},' +
      '"sessions":[{"recordId":"0Mw000000000001AAA","status":"Active","startTime":"2026-10-01T08:00:00.000Z",' +
      '"endTime":null,"endUserId":null,"agentMessageCount":null,"endUserMessageCount":1}],' +
      '"participants":[{"role":"end-user","displayName":"Guest","recordId":null,"joinedAt":null,"leftAt":null}],' +
      '"entries":[{"entryId":"e-1","sentAt":"2026-10-01T08:00:01.000Z","clientAt":null,"kind":"message",' +
      '"entryType":"Message","sender":{"role":"end-user","appType":"app","subject":null,"displayName":null},' +
      '"text":"Hello","content":null,"relatedRecords":[],"source":"conversation-data","payload":{"b":1,"a":2},"extra":null}]}',
  )
})

test('what is known about a conversation but is no part of it stays out', () => {
  expect(encodeConversation(sampleConversation(), { salt })).not.toMatch(/SECRET|4711|reconciliation|redactions/)
})

test('a payload stays as it came: numbers beyond doubles, key order, keys that mean something to JavaScript', () => {
  const rawJson = (JSON as unknown as { rawJSON(text: string): never }).rawJSON
  expect(encodeEntry({ payload: rawJson('12345678901234567890.10') })).toContain('"payload":12345678901234567890.10,')
  const payload = '{"__proto__":{"x":1},"constructor":null,"toJSON":"text","":[]}'
  expect(encodeEntry({ payload: JSON.parse(payload) })).toContain(`"payload":${payload},`)
  expect(encodeEntry({ extra: JSON.parse(payload) })).toContain(`"extra":${payload}}`)
})

// Where Python's splitlines() splits.
const separators = ['\n', '\r', '\v', '\f', '\u001c', '\u001d', '\u001e', '\u0085', '\u2028', '\u2029']

test('no text breaks the line, and every text comes back', () => {
  const text = fc.string({ unit: 'binary' }).map((drawn) => drawn + separators.join(drawn))
  fc.assert(
    fc.property(text, (text) => {
      const line = encodeEntry({ text, payload: { [text]: text } })
      for (const separator of separators) expect(line).not.toContain(separator)
      expect(JSON.parse(line).entries[0]).toMatchObject({ text, payload: { [text]: text } })
    }),
  )
})

test('a lone surrogate survives the way through UTF-8', () => {
  const line = encodeEntry({ text: 'a\uD800b' })
  expect(JSON.parse(Buffer.from(line).toString()).entries[0].text).toBe('a\uD800b')
})
