import { CustodyError } from '@custody/pipeline'
import { assumed } from '../assumptions.ts'
import { conversationIndex, entryIdentifier } from '../ids.ts'
import type { Month } from './calendar.ts'
import type { FileUrl } from './entry-context.ts'
import { longestSpan, longIndex, type Outline, outlineOf } from './outline.ts'
import { payloadOf } from './payload.ts'
import { type Person, personOf } from './people.ts'
import { createPopulation, type Population } from './population.ts'
import { messageSteps, type Step, type StepKind, scriptOf } from './script.ts'
import { replaceStaticText } from './static-text.ts'
import type { Planted } from './text.ts'
import { createTimeline, type Timeline } from './timeline.ts'

export interface WorldOptions {
  readonly seed: number
  readonly conversations: number
  readonly month: Month
  readonly longEntries: number
  /** How many sessions belong to no conversation. */
  readonly orphanSessions: number
  /** Where a file that a message carries can be had. @defaultValue somewhere that does not exist */
  readonly fileUrl?: FileUrl
}

/** By how many messages a conversation's first session exaggerates. */
export interface Miscount {
  readonly agent: number
  readonly endUser: number
}

/** A conversation with its entries, still without their contents. */
export interface Conversation {
  readonly outline: Outline
  readonly steps: readonly Step[]
  readonly start: number
  /** When its last entry was made, or its last session ended. */
  readonly end: number
}

/** One entry as the org holds it. */
export interface StoredEntry {
  readonly entryId: string
  readonly step: Step
  readonly entryType: string
  readonly payload: unknown
  readonly planted: readonly Planted[]
}

/** An entry to be added to a conversation that is there. */
export interface NewEntry {
  readonly text?: string | undefined
  readonly role?: 'EndUser' | 'Agent' | undefined
  /** Epoch milliseconds. */
  readonly at?: number | undefined
}

/**
 * What the org holds. Nothing is stored but what was changed: everything else is made anew from (seed, index) whenever
 * it is asked for, so a world of a million conversations takes no more memory than one of sixty.
 */
export interface World extends WorldOptions {
  readonly timeline: Timeline
  readonly population: Population
  /** The most a conversation lasts, in milliseconds. */
  readonly longestSpan: number
  /** The conversation that is long in every world of twenty conversations and more. */
  readonly longIndex: number | undefined
  indexOf(identifier: string): number | undefined
  outline(index: number): Outline
  conversation(index: number): Conversation
  /** When its last entry was made, or its last session ended; without making its entries. */
  endOf(index: number): number
  person(number: number): Person
  entryId(index: number, step: Step): string
  entry(index: number, step: Step): StoredEntry
  /** Messages of a session by who sent them, as the session itself claims. */
  messageCounts(index: number, session: number): { readonly agent: number; readonly endUser: number }
  append(index: number, entry?: NewEntry): Step
  /** Gives a message of static text another text, for good. */
  rewrite(index: number, step: Step, text: string): void
  /** How many entries were added to a conversation. */
  appended(index: number): number
  /** The conversations that entries were added to, with how many. */
  appendedCounts(): ReadonlyMap<number, number>
  /** Makes the first session of a conversation claim more messages than there are. */
  claimMore(index: number, by: Miscount): void
  /** Gives all entries of a conversation one timestamp. */
  tie(index: number): void
  /** Indexes whose conversation may overlap a window: a range, ascending. */
  overlapping(from: number, to: number): { readonly first: number; readonly end: number }
}

const nowhere: FileUrl = (id) => `https://files.example/${id}`

const messages: ReadonlySet<StepKind> = new Set(messageSteps)

export function isMessage(step: Step): boolean {
  return messages.has(step.kind)
}

export function createWorld(options: WorldOptions): World {
  const { seed, conversations, month, longEntries, fileUrl = nowhere } = options
  const timeline = createTimeline(seed, conversations, month)
  const population = createPopulation(seed, conversations)
  const context = { seed, timeline, population, longEntries }
  const appended = new Map<number, Step[]>()
  const rewritten = new Map<string, string>()
  const miscounts = new Map<number, Miscount>()
  const ties = new Set<number>()
  let span = longestSpan

  const outline = cached(512, (index) => outlineOf(context, index))
  const person = cached(512, (number) => personOf(seed, number))
  const script = cached(64, (index) => {
    const steps = scriptOf(seed, timeline, outline(index))
    return ties.has(index) ? steps.map((step) => ({ ...step, at: outline(index).start })) : steps
  })

  function conversation(index: number): Conversation {
    const base = outline(index)
    const late = appended.get(index)
    if (!late) return { outline: base, steps: script(index), start: base.start, end: base.end }
    // Stable: entries of one instant stay in the order they came in.
    const steps = [...script(index), ...late].sort((a, b) => a.at - b.at)
    return { outline: base, steps, start: base.start, end: Math.max(base.end, (steps.at(-1) as Step).at) }
  }

  return {
    ...options,
    timeline,
    population,
    get longestSpan() {
      return span
    },
    longIndex: longIndex(timeline),
    indexOf(identifier) {
      const index = conversationIndex(seed, identifier)
      return index !== undefined && index < conversations ? index : undefined
    },
    outline,
    conversation,
    endOf: (index) => (appended.has(index) ? conversation(index) : outline(index)).end,
    person,
    entryId: (index, step) => entryIdentifier(seed, index, step.number),
    entry(index, step) {
      const shape = outline(index)
      const entryId = entryIdentifier(seed, index, step.number)
      const payload = payloadOf({ seed, outline: shape, person: person(shape.person), step, fileUrl })
      const text = rewritten.size === 0 ? undefined : rewritten.get(entryId)
      if (text === undefined) return { entryId, step, ...payload }
      replaceStaticText(payload.payload, text)
      return { entryId, step, ...payload, planted: [] }
    },
    messageCounts(index, session) {
      let agent = 0
      let endUser = 0
      for (const step of conversation(index).steps) {
        if (step.session !== session || !isMessage(step)) continue
        if (step.role === assumed.countedRoles.agent) agent += 1
        else if (step.role === assumed.countedRoles.endUser) endUser += 1
      }
      const extra = session === 0 ? miscounts.get(index) : undefined
      return { agent: agent + (extra?.agent ?? 0), endUser: endUser + (extra?.endUser ?? 0) }
    },
    append(index, { text, role = 'EndUser', at } = {}) {
      if (!Number.isInteger(index) || index < 0 || index >= conversations) {
        throw new CustodyError('EMULATOR_CONVERSATION', 'There is no such conversation in the simulated org.')
      }
      const now = conversation(index)
      const session = now.outline.sessions.length - 1
      const last = now.steps.at(-1)?.at ?? now.start
      const sentAt = at ?? last + 1_000
      if (sentAt < now.start) {
        throw new CustodyError('EMULATOR_ENTRY_TOO_EARLY', 'An entry cannot be older than its conversation.')
      }
      const step: Step = {
        number: now.steps.length,
        session,
        at: sentAt,
        kind: 'text',
        role,
        cue: 'late',
        ...(text !== undefined && { text }),
      }
      appended.set(index, [...(appended.get(index) ?? []), step])
      span = Math.max(span, sentAt - now.start)
      return step
    },
    rewrite: (index, step, text) => void rewritten.set(entryIdentifier(seed, index, step.number), text),
    appended: (index) => appended.get(index)?.length ?? 0,
    appendedCounts: () => new Map([...appended].map(([index, steps]) => [index, steps.length])),
    claimMore: (index, by) => void miscounts.set(index, by),
    tie: (index) => void ties.add(index),
    overlapping(from, to) {
      return { first: timeline.firstAtOrAfter(from - span), end: timeline.firstAtOrAfter(to) }
    },
  }
}

/** Remembers the latest value of each place: memory bounded, no bookkeeping. */
function cached<T>(size: number, make: (key: number) => T): (key: number) => T {
  const keys = new Float64Array(size).fill(-1)
  const values = new Array<T>(size)
  return (key) => {
    const place = key % size
    if (keys[place] !== key) {
      values[place] = make(key)
      keys[place] = key
    }
    return values[place] as T
  }
}
