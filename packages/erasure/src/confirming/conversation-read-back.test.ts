import { HttpStatusError } from '@custody/http'
import { expect, test } from 'vitest'
import { conversationReadBack, type SentEntry } from './conversation-read-back.ts'
import type { AskedTarget } from './read-back.ts'

const control = { endUserId: '0PA000000000001AAA', sessionId: 's', conversationId: 'c', identifier: 'control' }
const signal = new AbortController().signal
const notFound = new HttpStatusError({
  status: 404,
  endpoint: 'connect',
  errorCode: null,
  retryAfterMs: null,
  retryable: false,
  attempt: 1,
})

function target(key: string, identifiers: readonly string[], isShared = false): AskedTarget {
  const conversations = identifiers.map((identifier) => ({ recordId: `0dw ${identifier}`, identifier, isShared }))
  return { key, traces: { endUserId: null, platformKey: '+4915112345678', sessions: [], conversations } }
}

/** Reads what `there` has, each conversation in the order it is asked for. */
function reading(there: (identifier: string, nth: number) => readonly SentEntry[] | null) {
  const asked: string[] = []
  const source = conversationReadBack({
    name: 'connect',
    async read(identifier) {
      const entries = there(identifier, asked.filter((one) => one === identifier).length)
      asked.push(identifier)
      if (entries === null) throw notFound
      return entries
    },
  })
  return { asked, source }
}

const entry: SentEntry = { subject: 'somebody' }

test.each([
  ['before', (nth: number) => nth > 0],
  ['after', (nth: number) => nth === 0],
])('the control record has to be found %s the others too', async (_, isFound) => {
  const { source } = reading((identifier, nth) => (identifier === 'control' && isFound(nth) ? [entry] : null))
  expect(await source.readBack([target('a', ['one'])], control, signal)).toMatchObject({ control: 'missing' })
})

test('twenty conversations stand between two looks at the control record', async () => {
  const { source, asked } = reading((identifier) => (identifier === 'control' ? [entry] : null))
  const ids = Array.from({ length: 21 }, (_, index) => `c-${index}`)
  const answer = await source.readBack([target('a', ids)], control, signal)
  expect([answer.control, answer.asked.get('a'), answer.seen.size]).toEqual(['found', 21, 0])
  expect(asked.filter((one) => one === 'control')).toHaveLength(4)
})

test('what is there is counted for whom it is of; of a shared conversation what the person wrote alone', async () => {
  const { source } = reading((identifier) =>
    identifier === 'gone' ? null : [entry, { subject: 'whatsapp:+4915112345678' }, { subject: null }],
  )
  const asked = [target('own', ['one', 'gone']), target('shared', ['two'], true), target('none', [])]
  const { seen } = await source.readBack(asked, control, signal)
  expect([...seen]).toEqual([
    ['own', 3],
    ['shared', 1],
  ])
})

test('any other failure is the source’s, and nothing is concluded from it', async () => {
  const source = conversationReadBack({ name: 'connect', read: () => Promise.reject(new Error('no network')) })
  await expect(source.readBack([target('a', ['one'])], control, signal)).rejects.toThrow('no network')
})
