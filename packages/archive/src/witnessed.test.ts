import type { Conversation, EntrySource } from '@custody/model'
import { type Batch, CustodyError, type Reject, type Stage } from '@custody/pipeline'
import { testStage } from '@custody/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entriesFrom } from './entries-from.ts'
import type { Reading } from './entry-reader.ts'
import { reconcile } from './reconcile.ts'
import { batchOf, sampleConversation, sampleEntry } from './testing/sample-conversations.ts'
import { type WitnessReader, witnessed } from './witnessed.ts'

/** A source that holds these conversations, and remembers what it was asked. */
function readerOf(
  held: readonly Conversation[],
  changes: Partial<WitnessReader> = {},
  answer: (conversation: Conversation) => Reading | undefined = () => undefined,
): WitnessReader & { readonly asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    source: 'data360',
    async read(conversations) {
      return conversations.map((conversation) => {
        const { identifier } = conversation
        asked.push(identifier)
        const mine = held.find((one) => one.identifier === identifier)
        const given = mine && { ...conversation, entries: mine.entries, delivered: mine.delivered }
        return answer(conversation) ?? given ?? 'absent'
      })
    },
    async *rest() {
      yield* held.filter(({ identifier }) => !asked.includes(identifier)).map(bare)
    },
    ...changes,
  }
}

/** As a source gives it that knows nothing of the census. */
const bare = (conversation: Conversation): Conversation => ({ ...conversation, sessions: [], reconciliation: null })

async function run(
  stages: readonly Stage<Conversation, Conversation>[],
  ...batches: readonly Batch<Conversation>[]
): Promise<{ records: readonly Conversation[]; rejects: readonly Reject[] }> {
  let source = (async function* (): AsyncGenerator<Batch<Conversation>> {
    yield* batches
  })()
  for (const stage of stages) source = stage(source)
  const given: Batch<Conversation>[] = []
  for await (const batch of source) given.push(batch)
  return { records: given.flatMap(({ records }) => records), rejects: given.flatMap(({ rejects }) => rejects) }
}

const [one, two, three] = [sampleConversation(1), sampleConversation(2), sampleConversation(3)]
const asCensus = (conversation: Conversation): Conversation => ({
  ...conversation,
  entries: [],
  delivered: null,
  reconciliation: null,
})
const verdictsOf = (records: readonly Conversation[]): readonly string[] =>
  records.map(({ identifier, reconciliation }) => {
    const { verdict, reason } = reconciliation ?? {}
    return `${identifier.slice(-1)} ${verdict} ${reason}`
  })

describe('entriesFrom', () => {
  test('fills conversations, keeps those it knows nothing of, and ends with those only it knows', async () => {
    const reader = readerOf([one, three])
    const { records, rejects } = await run([entriesFrom(reader), reconcile()], batchOf([one, two].map(asCensus)))
    expect(verdictsOf(records)).toEqual(['1 matched null', '2 missing fewer-than-census', '3 extra not-in-census'])
    expect(records.map(({ entries }) => entries.length)).toEqual([2, 0, 2])
    expect(rejects).toEqual([])
  })

  test('refuses a conversation that could not be asked for', async () => {
    const reader = readerOf([one, two], {}, ({ identifier }) => (identifier === one.identifier ? 'failed' : undefined))
    const { records, rejects } = await run([entriesFrom(reader)], batchOf([one, two].map(asCensus)))
    expect(records).toHaveLength(1)
    expect(rejects).toMatchObject([
      { stage: 'entries', code: 'ENTRIES_UNAVAILABLE', subject: { type: 'Conversation', id: one.identifier } },
    ])
  })
})

describe('witnessed', () => {
  test('asks each witness about each conversation, and notes what each said', async () => {
    const readers = [readerOf([one, two]), readerOf([one], { source: 'transcript-export' })]
    const { records } = await run([witnessed(readers), reconcile()], batchOf([one, two]))
    expect(verdictsOf(records)).toEqual(['1 matched null', '2 matched null'])
    expect(records.map(({ witnesses }) => witnesses.map(({ source, answer }) => `${source} ${answer}`))).toEqual([
      ['data360 given', 'transcript-export given'],
      ['data360 given', 'transcript-export absent'],
    ])
    expect(records[1]?.witnesses[1]?.differences).toHaveLength(2)
  })

  test('a conversation that two witnesses know and the census does not comes once, with both', async () => {
    const alone = { ...three, entries: [...three.entries, sampleEntry('late', three.startTime ?? '', 'agent')] }
    const readers = [readerOf([three]), readerOf([alone], { source: 'transcript-export' })]
    const { records } = await run([witnessed(readers), reconcile()], batchOf([one]))
    expect(verdictsOf(records)).toEqual(['1 matched null', '3 extra not-in-census'])
    expect(records[1]?.entries).toHaveLength(3)
    expect(records[1]?.witnesses.map(({ source }) => source)).toEqual([
      'data360',
      'transcript-export',
    ] satisfies EntrySource[])
  })

  test('what the source refused and a witness gives is archived, and not proven', async () => {
    const refusal = {
      stage: 'entries',
      code: 'ENTRIES_REFUSED',
      subject: { type: 'Conversation', id: two.identifier },
      message: 'no',
    }
    const { records } = await run([witnessed([readerOf([two])]), reconcile()], batchOf([one], { rejects: [refusal] }))
    expect(verdictsOf(records)).toEqual(['1 matched null', '2 unknown refused-by-source'])
  })

  test('of two sources that hold nothing neither proves that there is nothing; one that was asked by name does', async () => {
    const silent = {
      ...asCensus(one),
      sessions: one.sessions.map((session) => ({ ...session, agentMessageCount: 0, endUserMessageCount: 0 })),
    }
    const asked = async (witness: WitnessReader) =>
      verdictsOf((await run([entriesFrom(readerOf([])), witnessed([witness]), reconcile()], batchOf([silent]))).records)
    expect(await asked(readerOf([], { source: 'transcript-export' }))).toEqual(['1 unknown nothing-delivered'])
    const nothing = {
      ...silent,
      entries: [],
      delivered: {
        source: 'conversation-data' as const,
        entries: 0,
        entriesInWindow: 0,
        agentMessages: 0,
        endUserMessages: 0,
        requests: 1,
      },
    }
    const byName = readerOf([nothing], { source: 'conversation-data' })
    expect(await asked(byName)).toEqual(['1 matched null'])
  })

  test('what a witness refuses is told in its name; a failure of the witness itself ends the run', async () => {
    const reject = { code: 'ENTRY_CONFLICT', subject: { type: 'ConversationEntry', id: 'x' }, message: 'twice' }
    const telling = readerOf([one], {
      async read(conversations, { onReject }) {
        onReject(reject)
        return conversations.map(() => 'absent')
      },
    })
    expect((await run([witnessed([telling])], batchOf([one]))).rejects).toEqual([{ stage: 'witnesses', ...reject }])
    const failure = new CustodyError('DATA360_ROWS_MISSING', 'short')
    const broken = readerOf([], { read: () => Promise.reject(failure) })
    await expect(run([witnessed([broken])], batchOf([one]))).rejects.toBe(failure)
  })
})

describe.each([
  ['entriesFrom', entriesFrom],
  ['witnessed', (reader: WitnessReader) => witnessed([reader])],
] as const)('%s keeps the contract of a stage', (_name, make) => {
  testStage<Conversation, Conversation>({
    test,
    stage: (outside) =>
      make({
        source: 'data360',
        read: (conversations, { signal }) => outside.call(signal).then(() => conversations.map(() => 'absent')),
      }),
    records: fc.nat().map((index) => sampleConversation(index)),
    idOf: ({ identifier }) => identifier,
    idsOf: ({ identifier }) => [identifier],
  })
})
