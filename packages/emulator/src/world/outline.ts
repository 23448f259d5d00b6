import { conversationIdentifier, recordId15 } from '../ids.ts'
import { hash32, Random } from '../random.ts'
import { type Channel, channels } from './channels.ts'
import type { Population } from './population.ts'
import { purpose } from './purposes.ts'
import { agents, type Employee } from './staff.ts'
import type { Timeline } from './timeline.ts'

const minute = 60_000
const hour = 60 * minute

/**
 * - `long`: more entries than one page can hold.
 * - `silent`: events but not a single message.
 * - `empty`: no entry at all.
 * - `ties`: many entries share their timestamp.
 */
export type Shape = 'ordinary' | 'long' | 'silent' | 'empty' | 'ties'

/** Everything about a conversation but its entries. Cheap: scanning the whole org makes nothing else. */
export interface Outline {
  readonly index: number
  readonly identifier: string
  readonly start: number
  /** When the last session ended, or is due to. */
  readonly end: number
  readonly channel: Channel
  readonly person: number
  /** Another person who takes part, an end user on the same channel with a record of their own. */
  readonly guest: number | undefined
  readonly agents: readonly Employee[]
  readonly shape: Shape
  readonly sessions: readonly SessionOutline[]
  /** The border of the month it is made to run across, if any; one of its entries lies exactly there. */
  readonly straddles: number | undefined
}

export interface SessionOutline {
  readonly number: number
  readonly id15: string
  readonly start: number
  readonly end: number
  /** Not ended yet. */
  readonly open: boolean
  /** How many entries to aim at. */
  readonly target: number
}

export interface OutlineContext {
  readonly seed: number
  readonly timeline: Timeline
  readonly population: Population
  readonly longEntries: number
  /** One conversation in so many has a guest. 0: none. */
  readonly sharedEveryNth: number
}

/** The most a conversation can last, in milliseconds: what a range of start times has to be widened by. */
export const longestSpan: number = 8 * 24 * hour

export function outlineOf(context: OutlineContext, index: number): Outline {
  const { seed, timeline, population, longEntries } = context
  const random = new Random(seed, purpose.outline, index)
  const start = timeline.startOf(index)
  const straddles = timeline.straddles(index)
  const shape = straddles === undefined ? shapeOf(seed, timeline, index) : 'ordinary'
  // The last to start are still going on.
  const open = index >= timeline.conversations - Math.max(1, Math.floor(timeline.conversations / 400)) && index >= 8
  const count = straddles !== undefined || shape === 'long' ? 1 : sessionCount(random)

  const sessions: SessionOutline[] = []
  let at = start
  for (let number = 0; number < count; number++) {
    const target = shape === 'long' ? longEntries : entryTarget(random, number)
    const duration =
      straddles === undefined ? Math.round(target * random.between(15_000, 75_000)) : (straddles - start) * 2 + hour
    sessions.push({
      number,
      id15: recordId15('MessagingSession', index * 8 + number),
      start: at,
      end: at + duration,
      open: open && number === count - 1,
      target,
    })
    at += duration + random.between(20 * minute, 36 * hour)
  }

  const first = hash32(seed, purpose.agent, index) % agents.length
  return {
    index,
    identifier: conversationIdentifier(seed, index),
    start,
    end: (sessions.at(-1) as SessionOutline).end,
    channel: channels[population.channelOf(index)] as Channel,
    person: population.personOf(index),
    guest: shape === 'empty' || shape === 'silent' ? undefined : guestOf(context, index),
    agents: Array.from({ length: Math.min(count, 2) }, (_, k) => agents[(first + k * 3) % agents.length] as Employee),
    shape,
    sessions,
    straddles,
  }
}

/** How many conversations further on somebody is looked for who is on the same channel. */
const guestsTried = 64

function guestOf({ population, timeline, sharedEveryNth }: OutlineContext, index: number): number | undefined {
  if (sharedEveryNth === 0 || index % sharedEveryNth !== sharedEveryNth - 1) return undefined
  for (let k = 1; k <= Math.min(guestsTried, timeline.conversations - 1); k++) {
    const other = (index + k) % timeline.conversations
    const person = population.personOf(other)
    if (population.channelOf(other) === population.channelOf(index) && person !== population.personOf(index))
      return person
  }
  return undefined
}

function shapeOf(seed: number, timeline: Timeline, index: number): Shape {
  if (index === longIndex(timeline)) return 'long'
  // One of each stands at a fixed place, so that the smallest world has them.
  if (timeline.conversations >= 20) {
    if (index === timeline.first + 3) return 'ties'
    if (index === timeline.first + 5) return 'silent'
    if (index === timeline.first + 7) return 'empty'
  }
  const draw = hash32(seed, purpose.outline, index, 1) % 3000
  if (draw < 1) return 'long'
  if (draw < 40) return 'silent'
  if (draw < 50) return 'empty'
  return draw < 110 ? 'ties' : 'ordinary'
}

/** The conversation that is long in every world of twenty conversations and more. */
export function longIndex(timeline: Timeline): number | undefined {
  return timeline.conversations >= 20 ? (timeline.first + timeline.end) >> 1 : undefined
}

function sessionCount(random: Random): number {
  const draw = random.below(100)
  if (draw < 82) return 1
  return draw < 96 ? 2 : 3
}

function entryTarget(random: Random, session: number): number {
  const base = session === 0 ? random.between(5, 15) : random.between(3, 7)
  return random.chance(0.04) ? base + random.between(15, 60) : base
}
