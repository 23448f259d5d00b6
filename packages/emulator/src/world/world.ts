import { CustodyError } from '@custody/pipeline'
import { assumed } from '../assumptions.ts'
import { conversationIndex, entryIdentifier } from '../ids.ts'
import type { Month } from './calendar.ts'
import type { FileUrl } from './entry-context.ts'
import { guestAppearances } from './guests.ts'
import { longestSpan, longIndex, type Outline, outlineOf } from './outline.ts'
import { payloadOf } from './payload.ts'
import { type Person, personOf } from './people.ts'
import { createPopulation, type Population, type PopulationOptions } from './population.ts'
import { messageSteps, type Step, type StepKind, scriptOf } from './script.ts'
import { replaceStaticText } from './static-text.ts'
import type { Planted } from './text.ts'
import { createTimeline, type Timeline } from './timeline.ts'

export interface WorldOptions extends PopulationOptions {
  readonly seed: number
  readonly conversations: number
  readonly month: Month
  readonly longEntries: number
  /** How many sessions belong to no conversation. */
  readonly orphanSessions: number
  /** One conversation in so many has a second end user. @defaultValue 0: none */
  readonly sharedEveryNth?: number
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

/** A text that was put in the place of another, and when. */
interface Rewrite {
  readonly text: string
  readonly at: number
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
  /** Who it is that speaks as the end user. */
  speaker(outline: Outline, step: Step): Person
  /** Whether there is such a record of an end user: four times the person, and the channel. */
  isEndUser(row: number): boolean
  /** The conversations of an end user's record (four times the person, and the channel): with them, and those they are a guest in. */
  conversationsOf(endUser: number): { readonly own: readonly number[]; readonly asGuest: readonly number[] }
  /** Opens the last session of a conversation, or ends all of them; undefined: as they were made. */
  setSessions(index: number, state: SessionsState): void
  sessionsState(index: number): SessionsState | undefined
  entryId(index: number, step: Step): string
  entry(index: number, step: Step): StoredEntry
  /** The same, without the texts it was given after a moment: as whatever copies entries late still has it. */
  entryAt(index: number, step: Step, moment: number): StoredEntry
  /** Messages of a session by who sent them, as the session itself claims. */
  messageCounts(index: number, session: number): { readonly agent: number; readonly endUser: number }
  append(index: number, entry?: NewEntry): Step
  /** Gives a message of static text another text, for good. `at`: when. @defaultValue as if it had always had it */
  rewrite(index: number, step: Step, text: string, at?: number): void
  /** Takes an entry out of a conversation, for good. */
  remove(index: number, step: Step): void
  /** How many entries a conversation had before any was added or removed. */
  scripted(index: number): number
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

export type SessionsState = 'open' | 'ended'

const nowhere: FileUrl = (id) => `https://files.example/${id}`

const messages: ReadonlySet<StepKind> = new Set(messageSteps)

export function isMessage(step: Step): boolean {
  return messages.has(step.kind)
}

export function createWorld(options: WorldOptions): World {
  const { seed, conversations, month, longEntries, sharedEveryNth = 0, fileUrl = nowhere } = options
  const timeline = createTimeline(seed, conversations, month)
  const population = createPopulation(seed, conversations, options)
  const context = { seed, timeline, population, longEntries, sharedEveryNth }
  const appended = new Map<number, Step[]>()
  const rewritten = new Map<string, readonly Rewrite[]>()
  const removed = new Map<number, Set<number>>()
  const miscounts = new Map<number, Miscount>()
  const ties = new Set<number>()
  const sessionsStates = new Map<number, SessionsState>()
  let span = longestSpan

  const outline = cached(512, (index) => outlineOf(context, index))
  const person = cached(512, (number) => personOf(seed, number))
  const script = cached(64, (index) => {
    const steps = scriptOf(seed, timeline, outline(index))
    return ties.has(index) ? steps.map((step) => ({ ...step, at: outline(index).start })) : steps
  })

  const speaker = ({ person: own, guest }: Outline, { byGuest }: Step): Person => person(byGuest ? (guest ?? own) : own)

  const guestsIn = guestAppearances(conversations, sharedEveryNth, outline)

  function conversation(index: number): Conversation {
    const base = outline(index)
    const late = appended.get(index)
    const gone = removed.get(index)
    if (!late && !gone) return { outline: base, steps: script(index), start: base.start, end: base.end }
    // Stable: entries of one instant stay in the order they came in.
    const all = [...script(index), ...(late ?? [])].sort((a, b) => a.at - b.at)
    const end = Math.max(base.end, all.at(-1)?.at ?? base.end)
    return { outline: base, steps: gone ? all.filter(({ number }) => !gone.has(number)) : all, start: base.start, end }
  }

  function entryAt(index: number, step: Step, moment: number): StoredEntry {
    const shape = outline(index)
    const entryId = entryIdentifier(seed, index, step.number)
    const payload = payloadOf({ seed, outline: shape, person: speaker(shape, step), step, fileUrl })
    const text = rewritten.size === 0 ? undefined : rewritten.get(entryId)?.findLast(({ at }) => at <= moment)?.text
    if (text === undefined) return { entryId, step, ...payload }
    replaceStaticText(payload.payload, text)
    return { entryId, step, ...payload, planted: [] }
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
    speaker,
    isEndUser: (row) => row < population.people * 4 && population.channelsOf(Math.floor(row / 4)).includes(row % 4),
    conversationsOf(endUser) {
      const [number, channel] = [Math.floor(endUser / 4), endUser % 4]
      const own = population.conversationsOf(number).filter((index) => population.channelOf(index) === channel)
      return { own, asGuest: guestsIn(endUser) }
    },
    setSessions: (index, state) => void sessionsStates.set(index, state),
    sessionsState: (index) => sessionsStates.get(index),
    entryId: (index, step) => entryIdentifier(seed, index, step.number),
    entry: (index, step) => entryAt(index, step, Number.POSITIVE_INFINITY),
    entryAt,
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
        number: script(index).length + (appended.get(index)?.length ?? 0),
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
    rewrite(index, step, text, at = Number.NEGATIVE_INFINITY) {
      const entryId = entryIdentifier(seed, index, step.number)
      // What is said to have been so always leaves nothing of what was before.
      const before = Number.isFinite(at) ? (rewritten.get(entryId) ?? []) : []
      rewritten.set(entryId, [...before, { text, at }])
    },
    remove(index, step) {
      const gone = removed.get(index) ?? new Set<number>()
      removed.set(index, gone.add(step.number))
    },
    scripted: (index) => script(index).length,
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
