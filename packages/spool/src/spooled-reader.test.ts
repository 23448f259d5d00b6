import { type Conversation, type Entry, emptyConversation, parseJson, toRecordId } from '@custody/model'
import { type Batch, defineSource, type Reject } from '@custody/pipeline'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type SpooledReaderOptions, spooledReader } from './spooled-reader.ts'
import { MemoryFiles } from './testing/memory-files.ts'

const at = (minute: number): string => new Date(Date.UTC(2026, 9, 1, 0, minute)).toISOString()

function entry(entryId: string, minute: number, more: Partial<Entry> = {}): Entry {
  return {
    entryId,
    sentAt: at(minute),
    clientAt: null,
    kind: 'message',
    entryType: 'Message',
    sender: { role: 'end-user', appType: null, subject: null, displayName: null },
    text: `text of ${entryId}`,
    content: null,
    relatedRecords: [],
    source: 'data360',
    payload: null,
    extra: null,
    ...more,
  }
}

function conversation(
  identifier: string,
  entries: readonly Entry[] = [],
  more: Partial<Conversation> = {},
): Conversation {
  return {
    ...emptyConversation(identifier),
    entries,
    ...more,
  }
}

function session(recordId: string): Conversation['sessions'][number] {
  const absent = { status: null, startTime: null, endTime: null, endUserId: null }
  return { recordId, ...absent, agentMessageCount: null, endUserMessageCount: null }
}

function reader(batches: readonly Batch<Conversation>[], options: Partial<SpooledReaderOptions> = {}) {
  const files = new MemoryFiles()
  const rejects: Omit<Reject, 'stage'>[] = []
  const context = {
    signal: new AbortController().signal,
    onReject: (one: Omit<Reject, 'stage'>) => void rejects.push(one),
  }
  let runs = 0
  const source = defineSource<Conversation>('given', async function* ({ signal }) {
    runs += 1
    for (const batch of batches) {
      signal?.throwIfAborted()
      yield batch
    }
  })
  const made = spooledReader({ source, directory: '/spool', files, memoryBytes: 0, ...options })
  const rest = () => all(made.rest(context))
  const read = (...asked: Conversation[]) => made.read(asked, context)
  return { made, read, rest, files, rejects, runs: () => runs }
}

async function all(conversations: AsyncIterable<Conversation>): Promise<Conversation[]> {
  const found: Conversation[] = []
  for await (const one of conversations) found.push(one)
  return found
}

const batch = (...records: Conversation[]): Batch<Conversation> => ({ records, rejects: [] })
const ids = (one: Conversation | null | undefined): string[] | undefined => one?.entries.map(({ entryId }) => entryId)

describe('what was spooled is found', () => {
  test('each once, by whoever asks, and the rest at the end', async () => {
    const name = fc.constantFrom('a', 'b', '__proto__', 'd', 'e')
    const pieces = fc.array(fc.record({ name, entries: fc.uniqueArray(fc.nat({ max: 30 }), { maxLength: 6 }) }))
    await fc.assert(
      fc.asyncProperty(
        pieces,
        fc.uniqueArray(name),
        fc.constantFrom(0, 5000, 1 << 20),
        async (given, asked, memoryBytes) => {
          const batches = given.map((piece) =>
            batch(
              conversation(
                piece.name,
                piece.entries.map((minute) => entry(`${piece.name}${minute}`, minute)),
              ),
            ),
          )
          const { read, rest, made, files, rejects } = reader(batches, { memoryBytes })
          const wanted = (name: string): string[] => {
            const minutes = new Set(given.filter((piece) => piece.name === name).flatMap(({ entries }) => entries))
            return [...minutes].sort((a, b) => a - b).map((minute) => `${name}${minute}`)
          }
          const known = new Set(given.map((piece) => piece.name))
          const readings = await read(...asked.map((one) => conversation(one)))
          expect(readings.map(ids)).toEqual(asked.map((one) => (known.has(one) ? wanted(one) : undefined)))
          const others = await rest()
          expect(others.map(({ identifier }) => identifier)).toEqual(
            [...known].filter((one) => !asked.includes(one) && wanted(one).length > 0).sort(),
          )
          for (const other of others) expect(ids(other)).toEqual(wanted(other.identifier))
          for (const found of [...readings, ...others]) {
            if (found) expect(found.delivered?.entries).toBe(found.entries.length)
          }
          expect(rejects).toEqual([])
          await made.close()
          expect(files.isClean).toBe(true)
        },
      ),
    )
  })

  test('by the conversation id and by session ids, short or long', async () => {
    const [conversationId, one, two] = ['0dwAA0000000001', '0MwAA0000000001', '0MwAA0000000002'] as const
    const { read, rest } = reader([
      batch(conversation(conversationId, [entry('a', 1)]), conversation(one, [entry('b', 2)])),
      batch(conversation(toRecordId(two) ?? '', [entry('c', 3)]), conversation('other', [entry('d', 4)])),
    ])
    const asked = conversation('uuid', [], {
      recordId: toRecordId(conversationId),
      sessions: [session(toRecordId(one) ?? ''), session(toRecordId(two) ?? '')],
      channelName: 'Web',
    })
    const [found, absent] = await read(asked, conversation('nobody'))
    expect(ids(found)).toEqual(['a', 'b', 'c'])
    expect(found).toMatchObject({ identifier: 'uuid', channelName: 'Web', sessions: asked.sessions })
    expect(absent).toBeNull()
    expect((await rest()).map(({ identifier }) => identifier)).toEqual(['other'])
  })

  test('by another name that the source gave it', async () => {
    const recordId = toRecordId('0dwAA0000000009')
    const { read, rest } = reader([batch(conversation('theirs', [entry('a', 1)], { recordId }))])
    expect(ids((await read(conversation('ours', [], { recordId })))[0])).toEqual(['a'])
    expect(await rest()).toEqual([])
  })

  test('again, when asked again', async () => {
    const { read, runs } = reader([batch(conversation('a', [entry('x', 1)]))])
    const [first, second] = [await read(conversation('a')), await read(conversation('a'))]
    expect(second).toEqual(first)
    expect(runs()).toBe(1)
  })
})

describe('pieces become one', () => {
  test('the same entry counts once, a copy that differs is told and the later one kept', async () => {
    const pieces = [
      conversation('a', [entry('same', 1), entry('other', 2)], { continuedBefore: true }),
      conversation('a', [entry('same', 1), entry('other', 3, { text: 'later' })], { continuesAfter: true }),
      conversation('a', [entry('other', 2)]),
    ]
    const { read, rejects } = reader([batch(...pieces)])
    const [found] = await read(conversation('a'))
    expect(found?.entries).toEqual([entry('same', 1), entry('other', 3, { text: 'later' })])
    expect(found).toMatchObject({ continuedBefore: true, continuesAfter: true })
    expect(found?.delivered).toMatchObject({ entries: 2, entriesInWindow: 2, endUserMessages: 2, agentMessages: 0 })
    expect(rejects).toMatchObject([
      { code: 'ENTRY_CONFLICT', subject: { id: 'other' }, within: { type: 'Conversation', id: 'a' } },
    ])
  })

  test('what they counted outside of the window is added up', async () => {
    const delivered = {
      source: 'data360',
      entries: 5,
      entriesInWindow: 1,
      agentMessages: 2,
      endUserMessages: 3,
      requests: 1,
    } as const
    const { read } = reader([
      batch(conversation('a', [entry('x', 1)], { delivered }), conversation('a', [entry('y', 2)], { delivered })),
    ])
    const [found] = await read(conversation('a'))
    expect(found?.delivered).toEqual({
      ...delivered,
      entries: 10,
      entriesInWindow: 2,
      agentMessages: 4,
      endUserMessages: 6,
      requests: 2,
    })
  })

  test('participants of the source stand in where the census knows none', async () => {
    const one = { role: 'agent', displayName: 'A', recordId: null, joinedAt: null, leftAt: null } as const
    const { read } = reader([
      batch(conversation('a', [], { participants: [one] }), conversation('a', [], { participants: [one] })),
    ])
    expect((await read(conversation('a')))[0]?.participants).toEqual([one])
  })
})

test('nothing of an entry changes on the way', async () => {
  const payloads = [
    '{"__proto__":{"x":1},"n":12345678901234567890.123,"e":1e400,"s":"\\ud800 \\u0000","a":[1.10,null,true]}',
    '"text"',
    '[]',
    'null',
  ]
  const entries = payloads.map((payload, index) =>
    entry(`e${index}`, index, { payload: parseJson(payload), extra: parseJson(payload) }),
  )
  const { rest } = reader([batch(conversation('a', entries))])
  const [found] = await rest()
  expect(JSON.stringify(found?.entries)).toBe(JSON.stringify(entries))
  expect(JSON.stringify(found?.entries)).toContain('12345678901234567890.123')
  expect(Object.keys(found?.entries[0]?.payload as object)).toContain('__proto__')
})

describe('what is not there is told', () => {
  test('rejects and drops of the source, once', async () => {
    const reject: Reject = { stage: 'given', code: 'ROW', subject: { type: 'Row', id: '1' }, message: 'unreadable' }
    const { read, rest, rejects, made } = reader([
      { records: [], rejects: [reject], drops: { old: 2, ['__proto__']: 1 } },
      { records: [], rejects: [], drops: { old: 1 } },
    ])
    await read(conversation('a'))
    await read(conversation('b'))
    await rest()
    const { stage: _, ...told } = reject
    expect(rejects).toEqual([told])
    expect(Object.entries(made.drops())).toEqual([
      ['old', 3],
      ['__proto__', 1],
    ])
  })

  test('a conversation nested too deeply', async () => {
    // A number kept as text makes JSON.stringify take its slow way, which goes down by recursion.
    let payload = parseJson('12345678901234567890')
    for (let depth = 0; depth < 100_000; depth += 1) payload = [payload]
    const { read, rejects } = reader([batch(conversation('a', [entry('x', 1, { payload })]))])
    expect(await read(conversation('a'))).toEqual([null])
    expect(rejects).toMatchObject([{ code: 'CONVERSATION_TOO_LARGE', subject: { id: 'a' } }])
  })

  test('a failing source fails each call, is asked once, and leaves nothing', async () => {
    const files = new MemoryFiles()
    let runs = 0
    const source = defineSource<Conversation>('failing', async function* () {
      runs += 1
      yield batch(conversation('a', [entry('x', 1)]))
      throw new Error('the source failed')
    })
    const made = spooledReader({ source, directory: '/spool', files, memoryBytes: 0 })
    const context = { signal: new AbortController().signal, onReject: () => undefined }
    await expect(made.read([conversation('a')], context)).rejects.toThrow('the source failed')
    await expect(all(made.rest(context))).rejects.toThrow('the source failed')
    expect([runs, files.isClean]).toEqual([1, true])
    await made.close()
  })

  test('an abort while the source is read', async () => {
    const files = new MemoryFiles()
    const controller = new AbortController()
    const source = defineSource<Conversation>('endless', async function* ({ signal }) {
      for (let index = 0; ; index += 1) {
        signal?.throwIfAborted()
        if (index === 3) controller.abort(new Error('stop'))
        yield batch(conversation(`${index}`))
      }
    })
    const made = spooledReader({ source, directory: '/spool', files, memoryBytes: 0 })
    const context = { signal: controller.signal, onReject: () => undefined }
    await expect(made.read([conversation('a')], context)).rejects.toThrow('stop')
    expect(files.isClean).toBe(true)
  })

  test('use after close', async () => {
    const { made, read, rest } = reader([batch(conversation('a'))])
    await read()
    await made.close()
    await expect(read(conversation('a'))).rejects.toMatchObject({ code: 'SPOOL_CLOSED' })
    await expect(rest()).rejects.toMatchObject({ code: 'SPOOL_CLOSED' })
  })
})
