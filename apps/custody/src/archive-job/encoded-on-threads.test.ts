import { inspect } from 'node:util'
import { encodeConversations } from '@custody/archive'
import { type Conversation, type Entry, emptyConversation, parseJson } from '@custody/model'
import { type Batch, defineSource, from } from '@custody/pipeline'
import { defaultPolicy } from '@custody/redact'
import { describe, expect, test } from 'vitest'
import type { ArchiveJob } from './archive-job.ts'
import type { EncodeBatchData } from './encode-batch.ts'
import { encodedOnThreads, threadsFor } from './encoded-on-threads.ts'

const window = { from: '2026-10-01T00:00:00.000Z', to: '2026-11-01T00:00:00.000Z' }
const key = new Uint8Array(32).fill(3)
const encoding = { window, mode: 'plain', key, hasTables: true, amendment: undefined } as const
const plain: EncodeBatchData = { policy: null, key, tenant: 'acme', encoding }

/** What JSON, and a copy from one thread to another, may spoil: numbers no double holds, half a character, odd keys. */
const payload = parseJson('{"id":12345678901234567890,"half":"\\ud83d","__proto__":{"a":1e400},"":[null,-0,1.0]}')

function conversation(number: number): Conversation {
  const entry: Entry = {
    entryId: `e${number}`,
    sentAt: '2026-10-02T09:00:00.000Z',
    clientAt: null,
    kind: 'message',
    entryType: 'Message',
    sender: { role: 'end-user', appType: null, subject: null, displayName: 'Petra Novotná' },
    text: `Write to petra.${number}@example.com \ud83d`,
    content: null,
    relatedRecords: [],
    source: 'transcript-export',
    payload,
    extra: null,
  }
  return { ...emptyConversation(`c${number}`), entries: Array.from({ length: number % 3 }, () => entry) }
}

const reject = { stage: 'before', code: 'BAD', subject: { type: 'Conversation', id: null }, message: 'Bad.' } as const
const batches = [[1, 2, 3], [], [4], [5, 6], [7], [8]].map(
  (numbers): Batch<Conversation> => ({
    records: numbers.map(conversation),
    rejects: numbers.includes(4) ? [reject] : [],
    ...(numbers.includes(5) && { drops: { old: 2 } }),
  }),
)

/** What comes out, bytes as text: what a thread gives is no Buffer. */
async function encoded(threads: number, data: EncodeBatchData) {
  const source = defineSource<Conversation>('given', async function* () {
    yield* batches
  })
  const out: unknown[] = []
  for await (const batch of from(source).through(encodedOnThreads(threads, data)).batches()) out.push(readable(batch))
  return out
}

function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString()
  if (Array.isArray(value)) return value.map(readable)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof Map) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, readable(member)]))
}

describe('conversations that threads encode', () => {
  test.each([0, 2])('with %i threads come in order, each byte as it would be encoded here', async (threads) => {
    expect(await encoded(threads, plain)).toEqual(
      batches.map(({ records, ...batch }) =>
        readable({ ...batch, records: [encodeConversations(records, encoding)], count: records.length }),
      ),
    )
  })

  test('are redacted there, and no otherwise', async () => {
    const data = { ...plain, policy: defaultPolicy, encoding: { ...encoding, mode: 'redacted' } } as const
    const [here, there] = [await encoded(0, data), await encoded(2, data)]
    expect(there).toEqual(here)
    const text = there.map((batch) => inspect(batch, { depth: null })).join()
    expect(text).toContain('Write to ')
    expect(text).not.toContain('example.com')
    expect(text).toContain('12345678901234567890')
  })

  test.each([0, 2])('with %i threads, what a thread cannot do fails the run with the same error', async (threads) => {
    const data = { ...plain, policy: { ...defaultPolicy, vault: 'file' } } as const
    await expect(encoded(threads, data)).rejects.toMatchObject({ code: 'REDACT_VAULT', kind: 'usage' })
  })
})

test('threads are started for what comes in bulk and is redacted, if there is enough of it, or where somebody says so', () => {
  const job = { amends: null, policy: defaultPolicy } as ArchiveJob
  const threads = (source: ArchiveJob['source'], conversations: number, more: Partial<ArchiveJob> = {}): number =>
    threadsFor({ ...job, source, ...more }, conversations, 8)
  expect(threads('transcript-export', 2_000)).toBe(1)
  expect(threads('data360', 1_000_000)).toBe(1)
  expect(threadsFor({ ...job, source: 'data360' }, 2_000, 2)).toBe(1)
  expect(threadsFor({ ...job, source: 'data360' }, 2_000, 1)).toBe(0)
  expect(threads('mixed', 2_000)).toBe(1)
  expect(threads('transcript-export', 1_999)).toBe(0)
  expect(threads('conversation-data', 1_000_000)).toBe(0)
  expect(threads('data360', 1_000_000, { policy: null })).toBe(0)
  expect(threads('data360', 1_000_000, { jobs: 1 })).toBe(0)
  expect(threads('conversation-data', 1, { jobs: 2 })).toBe(2)
  expect(threads('data360', 1_000_000, { jobs: 2, amends: { archive: 'a', number: 1 } })).toBe(0)
})
