import type { Entry } from '@custody/model'
import { hasDigit } from './characters.ts'
import type { Span } from './personal-data-type.ts'
import { unescaped } from './unescaped.ts'

/** How much of a message is kept in mind for the next one of its sender. */
const carriedLength = 40

/** The end of what somebody wrote last, over as many messages as it takes. */
interface Tail {
  readonly text: string
  readonly parts: readonly Part[]
}

/** A stretch of a tail: where it stands there, and in the text of its entry. */
interface Part {
  readonly entry: number
  readonly from: number
  readonly length: number
  readonly offset: number
}

/**
 * Numbers that a sender split over messages, as "4111 1111" and then "1111 1111": for each entry, by position, the parts of
 * them that stand in its text. Offsets are of the text as its reader sees it.
 *
 * Only what is found in neither message by itself, and what has digits on both sides.
 */
export function splitNumbers(
  entries: readonly Entry[],
  find: (text: string) => readonly Span[],
): ReadonlyMap<number, readonly Span[]> {
  const split = new Map<number, Span[]>()
  const tails = new Map<string, Tail>()
  for (const [index, { text, sender }] of entries.entries()) {
    if (text === null || text === '') continue
    const key = `${sender.role}|${sender.subject}|${sender.displayName}`
    const seen = unescaped(text)
    const tail = tails.get(key)
    const head = seen.slice(0, carriedLength)
    const goesOn = tail !== undefined && endsInDigits.test(tail.text) && beginsWithDigits.test(head)
    const joined = goesOn ? join(tail, head, index, 0) : { text: head, parts: [] }
    if (goesOn) for (const span of crossing(joined, tail, head, find)) addParts(split, span, joined.parts)
    // A message of digits alone may be the middle of a number.
    const middle = goesOn && seen.length <= carriedLength && !/\p{L}/u.test(seen)
    const offset = Math.max(0, seen.length - carriedLength)
    const last = { text: seen.slice(offset), parts: [] }
    tails.set(key, middle ? lastOf(joined) : join(empty, last.text, index, offset))
  }
  return split
}

const empty: Tail = { text: '', parts: [] }
const endsInDigits = /\p{Nd}[^\p{L}\p{Nd}]{0,3}$/u
const beginsWithDigits = /^[^\p{L}\p{Nd}]{0,3}\p{Nd}/u

function join(tail: Tail, text: string, entry: number, offset: number): Tail {
  const from = tail.text === '' ? 0 : tail.text.length + 1
  return {
    text: tail.text === '' ? text : `${tail.text} ${text}`,
    parts: [...tail.parts, { entry, from, length: text.length, offset }],
  }
}

function lastOf({ text, parts }: Tail): Tail {
  const cut = Math.max(0, text.length - carriedLength)
  const kept = parts.flatMap((part): Part[] => {
    const lost = Math.max(0, cut - part.from)
    if (lost >= part.length) return []
    return [{ ...part, from: part.from + lost - cut, length: part.length - lost, offset: part.offset + lost }]
  })
  return { text: text.slice(cut), parts: kept }
}

function crossing(joined: Tail, tail: Tail, head: string, find: (text: string) => readonly Span[]): readonly Span[] {
  const border = tail.text.length
  const spans = find(joined.text).filter(({ start, end }) => start < border && end > border + 1)
  const across = spans.filter(
    ({ start, end }) => hasDigit(joined.text.slice(start, border)) && hasDigit(joined.text.slice(border + 1, end)),
  )
  if (across.length === 0) return across
  const isAlone = [
    ...find(tail.text),
    ...find(head).map(({ start, end }) => ({ start: start + border + 1, end: end + border + 1 })),
  ]
  return across.filter(({ start, end }) => !isAlone.some((alone) => alone.start < end && alone.end > start))
}

function addParts(split: Map<number, Span[]>, span: Span, parts: readonly Part[]): void {
  for (const { entry, from, length, offset } of parts) {
    const start = Math.max(span.start, from)
    const end = Math.min(span.end, from + length)
    if (start >= end) continue
    const part = { ...span, start: start - from + offset, end: end - from + offset }
    const known = split.get(entry)
    if (known) known.push(part)
    else split.set(entry, [part])
  }
}
