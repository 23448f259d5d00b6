import { type Conversation, emptyConversation } from '@custody/model'
import type { Batch } from '@custody/pipeline'
import { expect, test } from 'vitest'
import { withoutTwins } from './without-twins.ts'

async function run(...batches: readonly (readonly Conversation[])[]): Promise<Batch<Conversation>[]> {
  const out: Batch<Conversation>[] = []
  async function* source(): AsyncGenerator<Batch<Conversation>> {
    for (const records of batches) yield { records, rejects: [] }
  }
  for await (const batch of withoutTwins()(source())) out.push(batch)
  return out
}

const [a, b] = [emptyConversation('a'), emptyConversation('b')]

test('the first of an identifier goes on, in whatever batch the others come; each is told', async () => {
  const other = { ...a, recordId: '0dwAA0000000001AAA' }
  const told = await run([a, b, a], [b], [], [other, emptyConversation('c')])
  expect(told.map(({ records }) => records.map(({ identifier }) => identifier))).toEqual([['a', 'b'], [], [], ['c']])
  expect(told.map(({ rejects }) => rejects.map(({ code, subject }) => [code, subject.id]))).toEqual([
    [['CONVERSATION_IDENTIFIER_TWICE', 'a']],
    [['CONVERSATION_IDENTIFIER_TWICE', 'b']],
    [],
    [['CONVERSATION_IDENTIFIER_TWICE', 'a']],
  ])
  expect(told[3]?.rejects[0]?.message).toContain('0dwAA0000000001AAA')
})

test('one that has nothing in the window takes no place', async () => {
  const none = {
    verdict: 'excluded',
    reason: 'no-entries-in-window',
    expectedAgentMessages: 0,
    expectedEndUserMessages: 0,
  } as const
  const excluded = { ...a, reconciliation: none }
  const [told] = await run([excluded, a, excluded])
  expect(told?.records).toEqual([excluded, a, excluded])
  expect(told?.rejects).toEqual([])
})
