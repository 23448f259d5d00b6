import type { Conversation, Delivered } from '@custody/model'
import { type Batch, CustodyError, type Reject } from '@custody/pipeline'
import { testStage } from '@custody/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ReconcileOptions, reconcile } from './reconcile.ts'
import { batchOf, sampleConversation, sampleSession, window } from './testing/sample-conversations.ts'

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const value of values) all.push(value)
  return all
}

const censusOf = (agent: number, endUser: number): Pick<Conversation, 'sessions'> => ({
  sessions: [sampleSession(1, window.from, { agentMessageCount: agent, endUserMessageCount: endUser })],
})
const deliveredOf = (agent: number, endUser: number): Pick<Conversation, 'delivered'> => ({
  delivered: {
    source: 'conversation-data',
    entries: agent + endUser,
    entriesInWindow: agent + endUser,
    agentMessages: agent,
    endUserMessages: endUser,
    requests: 1,
  },
})

/** Runs one conversation through; tells its verdict, reason, and in what order it was asked about again. */
async function run(
  conversation: Partial<Conversation>,
  recounted?: Partial<Conversation> | Error,
  reread?: Partial<Conversation> | Error,
): Promise<{ verdict: string; asked: string; result: Conversation; batch: Batch<Conversation> }> {
  const asked: string[] = []
  const ask = (name: string, answer: Partial<Conversation> | Error | undefined): ReconcileOptions['recount'] =>
    answer &&
    (async (given) => {
      asked.push(name)
      if (answer instanceof Error) throw answer
      return { ...given, ...answer }
    })
  const recount = ask('recount', recounted)
  const again = ask('reread', reread)
  const stage = reconcile({ ...(recount && { recount }), ...(again && { reread: again }) })
  async function* source(): AsyncGenerator<Batch<Conversation>> {
    yield batchOf([sampleConversation(1, { reconciliation: null, ...conversation })])
  }
  const batches = await collect(stage(source()))
  const result = batches[0]?.records[0] as Conversation
  const { verdict, reason } = result.reconciliation ?? {}
  return { verdict: `${verdict} ${reason}`, asked: asked.join(' '), result, batch: batches[0] as Batch<Conversation> }
}

const two = { ...censusOf(1, 1), ...deliveredOf(1, 1) }

test('what agrees is asked about no more', async () => {
  expect(await run(two, new Error('not to be called'), new Error('not to be called'))).toMatchObject({
    verdict: 'matched null',
    asked: '',
  })
})

test('what a further source failed at, or contradicts, is not asked of the first one again', async () => {
  const witness = { source: 'data360', answer: 'given', entries: 2, agentMessages: 1, endUserMessages: 1 } as const
  const notToBeAsked = new Error('not to be called')
  const down = { ...two, witnesses: [{ ...witness, answer: 'failed', whole: false, differences: [] }] } as const
  expect(await run(down, notToBeAsked, notToBeAsked)).toMatchObject({ verdict: 'unknown witness-failed', asked: '' })
  const differences = [{ entryId: '1-1', what: 'text' }] as const
  const contradicted = { ...two, witnesses: [{ ...witness, whole: true, differences }] }
  expect(await run(contradicted, notToBeAsked, notToBeAsked)).toMatchObject({
    verdict: 'differs sources-differ',
    asked: '',
  })
})

test('a message that came after the census is explained by counting anew', async () => {
  const late = { ...censusOf(1, 1), ...deliveredOf(1, 2) }
  expect(await run(late, censusOf(1, 2), new Error('not to be called'))).toMatchObject({
    verdict: 'matched null',
    asked: 'recount',
  })
})

test('a message that is still missing is read anew, once', async () => {
  const short = { ...censusOf(1, 2), ...deliveredOf(1, 1) }
  const found = await run(short, censusOf(1, 3), deliveredOf(1, 3))
  expect(found).toMatchObject({ verdict: 'matched null', asked: 'recount reread' })
  expect(found.result.reconciliation).toMatchObject({ expectedAgentMessages: 1, expectedEndUserMessages: 3 })
  expect(await run(short, censusOf(1, 2), deliveredOf(1, 1))).toMatchObject({
    verdict: 'missing fewer-than-census',
    asked: 'recount reread',
  })
})

test('with nobody to ask, or only one of the two, the verdict stands', async () => {
  const short = { ...censusOf(1, 2), ...deliveredOf(1, 1) }
  expect(await run(short)).toMatchObject({ verdict: 'missing fewer-than-census', asked: '' })
  expect(await run(short, undefined, deliveredOf(1, 2))).toMatchObject({ verdict: 'matched null', asked: 'reread' })
  expect(await run(short, censusOf(1, 1))).toMatchObject({ verdict: 'matched null', asked: 'recount' })
})

test('a conversation that cannot be had again keeps what was had of it, and says so', async () => {
  const short = { ...censusOf(1, 2), ...deliveredOf(1, 1) }
  const gone = new CustodyError('ENTRIES_NOT_FOUND', 'gone')
  const after = await run(short, censusOf(1, 2), gone)
  expect(after).toMatchObject({ verdict: 'missing asking-again-failed', asked: 'recount reread' })
  expect(after.result.entries).toHaveLength(2)
})

test('a failure that is not about one conversation ends the run', async () => {
  const short = { ...censusOf(1, 2), ...deliveredOf(1, 1) }
  const errors = [
    new CustodyError('TOKEN_REFUSED', 'no', { kind: 'sign-in' }),
    new CustodyError('BUDGET_SPENT', 'no', { kind: 'refused' }),
    new TypeError('a mistake of ours'),
  ]
  for (const error of errors) await expect(run(short, error)).rejects.toBe(error)
})

test('an abort while asking again comes out as the abort, whatever the asked made of it', async () => {
  const controller = new AbortController()
  const reason = new Error('enough')
  const stage = reconcile({
    recount: async () => {
      controller.abort(reason)
      throw new CustodyError('HTTP_ABORTED', 'aborted')
    },
  })
  async function* source(): AsyncGenerator<Batch<Conversation>> {
    yield batchOf([sampleConversation(1, { ...censusOf(1, 2), ...deliveredOf(1, 1) })])
  }
  await expect(collect(stage(source(), { signal: controller.signal }))).rejects.toBe(reason)
})

test('what is refused at both readings is told once; what is new at the second is told', async () => {
  const subject = (id: string) => ({ type: 'ConversationEntry', id })
  const within = { type: 'Conversation', id: 'c' }
  const bad = { code: 'ENTRY_MALFORMED', within, message: 'no' }
  const stage = reconcile({
    reread: async (conversation, _signal, onReject) => {
      onReject({ ...bad, subject: subject('a') })
      onReject({ ...bad, subject: subject('b') })
      return conversation
    },
  })
  async function* source(): AsyncGenerator<Batch<Conversation>> {
    const short = sampleConversation(1, { ...censusOf(1, 2), ...deliveredOf(1, 1) })
    yield batchOf([short], { rejects: [{ ...bad, stage: 'entries', subject: subject('a') }] })
  }
  const [batch] = await collect(stage(source()))
  expect(batch?.rejects.map(({ stage, subject }) => `${stage} ${subject.id}`)).toEqual(['entries a', 'reconcile b'])
})

test('refusals without an id, and those of other conversations, are told apart by conversation and by number', async () => {
  const part = (within: string, id: string | null): Omit<Reject, 'stage'> => ({
    code: 'ENTRY_MALFORMED',
    subject: { type: 'ConversationEntry', id },
    within: { type: 'Conversation', id: within },
    message: 'no',
  })
  const short = [1, 2].map((index) => sampleConversation(index, { ...censusOf(1, 2), ...deliveredOf(1, 1) }))
  const [a, b] = short.map(({ identifier }) => identifier) as [string, string]
  const again: Record<string, readonly Omit<Reject, 'stage'>[]> = {
    [a]: [part(a, null), part(a, null), part(a, null)],
    [b]: [part(b, null), part(b, 'e')],
  }
  const stage = reconcile({
    reread: async (conversation, _signal, onReject) => {
      again[conversation.identifier]?.forEach(onReject)
      return conversation
    },
  })
  async function* source(): AsyncGenerator<Batch<Conversation>> {
    const first = [part(a, null), part(a, 'e'), part('other', null), part('other', 'e')]
    yield batchOf(short, { rejects: first.map((reject) => ({ ...reject, stage: 'entries' })) })
  }
  const [batch] = await collect(stage(source()))
  const told = batch?.rejects.slice(4).map(({ within, subject }) => `${within?.id === a ? 'a' : 'b'} ${subject.id}`)
  expect(told).toEqual(['a null', 'a null', 'b null', 'b e'])
})

test('entries that do not come again are kept, and told', async () => {
  const short = { ...censusOf(1, 2), ...deliveredOf(1, 1) }
  const lost = await run(short, undefined, {
    entries: [],
    delivered: { ...deliveredOf(0, 0).delivered, requests: 1 } as Delivered,
  })
  expect(lost.result.entries.map(({ entryId }) => entryId)).toEqual(['1-1', '1-2'])
  expect(lost.result.delivered).toMatchObject({ entries: 2, entriesInWindow: 2, agentMessages: 1, endUserMessages: 1 })
  expect(lost.verdict).toBe('missing fewer-than-census')
  expect(lost.batch.rejects).toMatchObject(
    ['1-1', '1-2'].map((id) => ({
      stage: 'reconcile',
      code: 'ENTRY_NOT_GIVEN_AGAIN',
      subject: { type: 'ConversationEntry', id },
      within: { type: 'Conversation', id: lost.result.identifier },
    })),
  )
})

describe('contract', () => {
  const conversations = fc
    .record({ index: fc.nat({ max: 9999 }), census: fc.nat({ max: 2 }), delivered: fc.nat({ max: 2 }) })
    .map(({ index, census, delivered }) =>
      sampleConversation(index, { reconciliation: null, ...censusOf(1, census), ...deliveredOf(1, delivered) }),
    )
  testStage<Conversation, Conversation>({
    test,
    records: conversations,
    idOf: ({ identifier }) => identifier,
    idsOf: ({ identifier }) => [identifier],
    runs: 20,
    stage: (outside) =>
      reconcile({
        concurrency: 2,
        recount: async (conversation, signal) => {
          await outside.call(signal)
          return conversation
        },
        reread: async (conversation, signal) => {
          await outside.call(signal)
          return conversation
        },
      }),
  })
})
