import { hash32 } from '../random.ts'
import { channels } from './channels.ts'
import { purpose } from './purposes.ts'

// Of every eight conversations four are one person's, two another's, and two people have one each.
const pattern = [0, 0, 0, 0, 1, 1, 2, 3] as const
const offsets = [0, 4, 6, 7] as const
const widths = [4, 2, 1, 1] as const

/** Who has which conversations, both ways without a table. */
export interface Population {
  readonly people: number
  personOf(conversation: number): number
  /** Their conversations, ascending. */
  conversationsOf(person: number): readonly number[]
  /** The channel of a conversation. Most people keep to one. */
  channelOf(conversation: number): number
  /** The channels a person used, ascending. */
  channelsOf(person: number): readonly number[]
}

export interface PopulationOptions {
  /** Each further conversation of a person is on another channel: two conversations, two end-user records. @defaultValue false */
  readonly everyChannel?: boolean
}

export function createPopulation(
  seed: number,
  conversations: number,
  { everyChannel = false }: PopulationOptions = {},
): Population {
  // Conversations are dealt to people by i -> a*i mod n, so that a person's lie weeks apart; the inverse deals back.
  const stride = coprimeNear(Math.floor(conversations * 0.618), conversations)
  const inverse = inverseModulo(stride, conversations)
  const people = Math.floor(conversations / 8) * 4 + offsets.filter((offset) => offset < conversations % 8).length

  function slot(conversation: number): number {
    return (stride * conversation) % conversations
  }

  function channelOfSlot(person: number, rank: number): number {
    const preferred = weighted(hash32(seed, purpose.channel, person))
    if (rank === 0) return preferred
    if (everyChannel) return (preferred + rank) % channels.length
    const draw = hash32(seed, purpose.channel, person, rank)
    return draw % 5 === 0 ? weighted(hash32(draw, 1)) : preferred
  }

  function slotsOf(person: number): { first: number; count: number } {
    const first = Math.floor(person / 4) * 8 + (offsets[person % 4] as number)
    return { first, count: Math.max(0, Math.min(widths[person % 4] as number, conversations - first)) }
  }

  function personOf(conversation: number): number {
    const position = slot(conversation)
    return Math.floor(position / 8) * 4 + (pattern[position % 8] as number)
  }

  return {
    people,
    personOf,
    conversationsOf(person) {
      const { first, count } = slotsOf(person)
      return Array.from({ length: count }, (_, k) => (inverse * (first + k)) % conversations).sort((a, b) => a - b)
    },
    channelOf(conversation) {
      const person = personOf(conversation)
      return channelOfSlot(person, slot(conversation) - slotsOf(person).first)
    },
    channelsOf(person) {
      const { count } = slotsOf(person)
      const used = new Set(Array.from({ length: count }, (_, rank) => channelOfSlot(person, rank)))
      return [...used].sort((a, b) => a - b)
    },
  }
}

function weighted(draw: number): number {
  const percent = draw % 100
  if (percent < 45) return 0
  if (percent < 80) return 1
  return percent < 95 ? 2 : 3
}

function coprimeNear(start: number, modulus: number): number {
  for (let a = Math.max(1, start); ; a++) if (greatestCommonDivisor(a, modulus) === 1) return a
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

function inverseModulo(a: number, modulus: number): number {
  let [r, nextR, t, nextT] = [modulus, a % modulus, 0, 1]
  while (nextR !== 0) {
    const quotient = Math.floor(r / nextR)
    ;[r, nextR] = [nextR, r - quotient * nextR]
    ;[t, nextT] = [nextT, t - quotient * nextT]
  }
  return modulus === 1 ? 0 : (t + modulus) % modulus
}
