import type { Conversation, Entry } from '@custody/model'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareWitnesses } from './compare-witnesses.ts'
import { mergeWitness } from './merge-witness.ts'
import { sampleConversation, sampleEntry, sampleSession, window } from './testing/sample-conversations.ts'

const at = (minute: number): string => new Date(Date.parse(window.from) + minute * 60_000).toISOString()
const options = { source: 'data360', settledUntil: null, whole: true } as const

/** A conversation that delivered exactly these entries. */
function of(entries: readonly Entry[], changes: Partial<Conversation> = {}): Conversation {
  const messages = (role: string) => entries.filter(({ sender, kind }) => kind === 'message' && sender.role === role)
  return sampleConversation(1, {
    entries,
    delivered: {
      source: 'conversation-data',
      entries: entries.length,
      entriesInWindow: entries.length,
      agentMessages: messages('agent').length,
      endUserMessages: messages('end-user').length,
      requests: 1,
    },
    ...changes,
  })
}

const first = sampleEntry('a', at(1), 'end-user')
const second = sampleEntry('b', at(2), 'agent')
const bot = sampleEntry('c', at(3), 'agent', { sender: { ...second.sender, role: 'bot' } })
const differencesOf = ({ witnesses }: Conversation): readonly string[] =>
  witnesses.flatMap(({ differences }) => differences.map(({ entryId, what }) => `${what} ${entryId}`))

describe('a witness', () => {
  test('that says the same changes nothing', () => {
    const merged = mergeWitness(of([first, second]), of([second, first]), options)
    expect(merged.entries).toEqual([first, second])
    expect(merged.witnesses).toEqual([
      {
        source: 'data360',
        answer: 'given',
        entries: 2,
        agentMessages: 1,
        endUserMessages: 1,
        whole: true,
        differences: [],
      },
    ])
  })

  test('gives what was missing, and it counts as delivered', () => {
    const merged = mergeWitness(of([first]), of([first, second, bot]), options)
    expect(merged.entries).toEqual([first, second, bot])
    expect(merged.delivered).toMatchObject({ entries: 3, entriesInWindow: 3, agentMessages: 1, endUserMessages: 1 })
    expect(differencesOf(merged)).toEqual(['only-here b', 'only-here c'])
    expect(compareWitnesses(merged)).toMatchObject({ verdict: 'matched' })
  })

  test('that lacks something is told, and takes nothing away', () => {
    const merged = mergeWitness(of([first, second]), of([first]), options)
    expect(merged.entries).toEqual([first, second])
    expect(differencesOf(merged)).toEqual(['not-here b'])
    expect(differencesOf(mergeWitness(of([first, second]), 'absent', options))).toEqual(['not-here a', 'not-here b'])
    expect(compareWitnesses(merged)).toMatchObject({ verdict: 'matched' })
  })

  test('is not blamed for what it cannot show yet, or never gives', () => {
    const soon = { ...options, settledUntil: second.sentAt }
    expect(differencesOf(mergeWitness(of([first, second]), 'absent', soon))).toEqual(['not-here a'])
    const rich = sampleEntry('d', at(4), 'agent', { content: { type: 'template', name: 'hello' } })
    const event = sampleEntry('e', at(5), 'agent', { kind: 'routing', text: null })
    const everything = of([first, second, bot, rich, event])
    const connect = { source: 'connect', settledUntil: null, whole: true } as const
    expect(differencesOf(mergeWitness(everything, of([first, second]), connect))).toEqual([])
    expect(differencesOf(mergeWitness(everything, of([second]), connect))).toEqual(['not-here a'])
    expect(differencesOf(mergeWitness(everything, of([first, second]), options))).toHaveLength(3)
  })

  test('with another text makes the conversation differ; the richer copy is kept', () => {
    const rewritten = { ...first, text: 'card xxxx', payload: null }
    const merged = mergeWitness(of([first, second]), of([rewritten, second]), options)
    expect(merged.entries).toEqual([first, second])
    expect(differencesOf(merged)).toEqual(['text a'])
    expect(compareWitnesses(merged)).toMatchObject({ verdict: 'differs', reason: 'sources-differ' })
    expect(mergeWitness(of([rewritten, second]), of([first, second]), options).entries).toEqual([first, second])
    // Without text on one side there is nothing to compare, and the one with text wins.
    const silent = { ...first, text: null, content: { type: 'template', name: null } as const }
    const spoken = mergeWitness(of([silent, second]), of([first, second]), options)
    expect(spoken.entries).toEqual([first, second])
    expect(differencesOf(spoken)).toEqual([])
  })

  test.each([
    ['time', { sentAt: at(9) }],
    ['sender', { sender: { ...first.sender, role: 'agent' as const } }],
    ['kind', { kind: 'routing' as const }],
    ['text', { text: null }],
  ])('that contradicts about the %s of an entry makes the conversation differ', (what, changes) => {
    const merged = mergeWitness(of([first, second]), of([{ ...first, ...changes }, second]), options)
    expect(differencesOf(merged)).toEqual([`${what} a`])
    expect(compareWitnesses(merged)).toMatchObject({ verdict: 'differs', reason: 'sources-differ' })
    // Time, kind and role stay those of the source, so that counts stay true.
    expect(merged.entries.find(({ entryId }) => entryId === 'a')).toMatchObject({
      sentAt: first.sentAt,
      kind: first.kind,
      sender: { role: first.sender.role },
    })
  })

  test('that only lacks what it never gives, or could not place, contradicts nothing', () => {
    const unplaced = { ...first, sender: { ...first.sender, role: 'other' as const }, kind: 'other' as const }
    expect(differencesOf(mergeWitness(of([first]), of([unplaced]), options))).toEqual([])
    const poor = { ...first, text: null, source: 'connect' as const }
    const rich = { ...first, content: { type: 'template', name: 'x' } as const }
    expect(differencesOf(mergeWitness(of([rich]), of([poor]), { ...options, source: 'connect' }))).toEqual([])
  })

  test('that failed leaves the conversation unproven', () => {
    const merged = mergeWitness(of([first, second]), 'failed', options)
    expect(merged.witnesses).toMatchObject([{ answer: 'failed', entries: 0 }])
    expect(compareWitnesses(merged)).toMatchObject({ verdict: 'unknown', reason: 'witness-failed' })
  })

  test('that names entries in its own way still speaks of the same ones, each once', () => {
    const renamed = [first, second, bot].map((entry) => ({ ...entry, entryId: `x-${entry.entryId}` }))
    const merged = mergeWitness(of([first, second]), of(renamed), options)
    expect(merged.entries.map(({ entryId }) => entryId)).toEqual(['a', 'b', 'x-c'])
    expect(differencesOf(merged)).toEqual(['only-here x-c'])
    const twins = [first, { ...first, entryId: 'a2' }]
    const three = ['p', 'q', 'r'].map((entryId) => ({ ...first, entryId }))
    expect(differencesOf(mergeWitness(of(twins), of(three), options))).toEqual(['only-here r'])
    // Cut to whole seconds, and one of two alike lost: the nearest are the same.
    const later = { ...first, entryId: 'z', sentAt: at(30) }
    const cut = { ...later, entryId: 'y', sentAt: later.sentAt.replace('.000Z', '.999Z') }
    const alike = mergeWitness(of([first, later]), of([cut]), options)
    expect(differencesOf(alike)).toEqual(['not-here a'])
    expect(alike.entries).toHaveLength(2)
    // Where one identifier agrees, entries that look alike are two all the same.
    const again = { ...first, entryId: 'a2' }
    const both = mergeWitness(of([first, second]), of([second, again]), options)
    expect(both.entries.map(({ entryId }) => entryId).toSorted()).toEqual(['a', 'a2', 'b'])
  })
})

test('whatever two lossy sources lose, what either gave is there once, and what both lost shows', () => {
  const entries = fc.uniqueArray(
    fc.record({ id: fc.nat(200), minute: fc.nat(50), role: fc.constantFrom('agent', 'end-user', 'bot') }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 40 },
  )
  fc.assert(
    fc.property(entries, fc.infiniteStream(fc.boolean()), fc.infiniteStream(fc.boolean()), (held, a, b) => {
      const all = held.map(({ id, minute, role }) => {
        const entry = sampleEntry(`e${id}`, at(minute), 'agent')
        return { ...entry, sender: { ...entry.sender, role } } as Entry
      })
      const messages = (role: string) => all.filter(({ sender }) => sender.role === role).length
      const census = sampleSession(1, window.from, {
        agentMessageCount: messages('agent'),
        endUserMessageCount: messages('end-user'),
      })
      const [own, other] = [a, b].map((keep) => all.filter(() => keep.next().value)) as [Entry[], Entry[]]
      const merged = mergeWitness(of(own, { sessions: [census] }), of(other), options)
      const union = new Set([...own, ...other].map(({ entryId }) => entryId))
      expect(merged.entries.map(({ entryId }) => entryId).sort()).toEqual([...union].sort())
      const lost = all.filter(({ entryId, sender }) => !union.has(entryId) && sender.role !== 'bot')
      expect(compareWitnesses(merged).verdict === 'matched').toBe(lost.length === 0)
      const onlyHere = differencesOf(merged).filter((difference) => difference.startsWith('only-here'))
      expect(onlyHere).toHaveLength(union.size - own.length)
    }),
    { numRuns: 500 },
  )
})
