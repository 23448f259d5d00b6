import { findCards } from './card.ts'
import { digitClass } from './characters.ts'
import { emailAround } from './email.ts'
import { ibanAround } from './iban.ts'
import { type Identities, noIdentities } from './identities.ts'
import { findKnownPhones, minimumPhoneDigits } from './known-phones.ts'
import type { PersonalDataType, Span } from './personal-data-type.ts'
import { findPhones } from './phone.ts'
import { dropped, findReplacements } from './replacement.ts'
import { type Gap, gapsBetween, joinOverlaps, wholeCharacters } from './spans.ts'
import { urlAround } from './url.ts'

export interface FindOptions {
  readonly identities?: Identities
  /** Types not to look for. What they would have covered is searched for the others. */
  readonly ignored?: ReadonlySet<PersonalDataType>
  readonly agents?: boolean
  /** What stands before the text, as the label of a form field or the key of a payload: tells numbers apart. */
  readonly before?: string
}

const noTypes: ReadonlySet<PersonalDataType> = new Set()

// Every detector starts from one of these; a text without any costs a single pass.
const candidate = new RegExp(`[@＠:${digitClass}]`, 'g')

// A span's removal can free its neighbour: what stood glued to it now stands alone. One more look is nearly always enough.
const maximumLooks = 8

/**
 * Personal data in a text: disjoint spans, in order. Takes time linear in the text, whatever it holds.
 *
 * Nothing is read across a span or a replacement, and the text is looked at again with its spans taken out until nothing
 * more is found. So the redacted text, searched again, has nothing left to find.
 */
export function findSpans(text: string, options: FindOptions = {}): readonly Span[] {
  let spans = look(text, options)
  for (let looks = 1; spans.length > 0 && looks < maximumLooks; looks++) {
    const more = look(without(text, spans), options)
    if (more.length === 0) break
    spans = inserted(spans, more)
  }
  return spans
}

/** The text with a mark in the place of each span. */
function without(text: string, spans: readonly Span[]): string {
  let rest = ''
  let from = 0
  for (const { start, end } of spans) {
    rest += text.slice(from, start) + dropped
    from = end
  }
  return rest + text.slice(from)
}

/** Spans found between the marks, brought back to where they stand in the text. */
function inserted(spans: readonly Span[], more: readonly Span[]): readonly Span[] {
  const all: Span[] = []
  let next = 0
  let shift = 0
  for (const span of more) {
    for (let other = spans[next]; other && other.start <= span.start + shift; other = spans[++next]) {
      all.push(other)
      shift += other.end - other.start - dropped.length
    }
    all.push({ ...span, start: span.start + shift, end: span.end + shift })
  }
  return [...all, ...spans.slice(next)]
}

function look(text: string, options: FindOptions): readonly Span[] {
  const { identities = noIdentities, ignored = noTypes, agents = false, before = '' } = options
  const replaced = findReplacements(text)
  const wanted = ({ type }: Span): boolean => !ignored.has(type)

  const { spans: patterns, digits } = scan(text, ignored)
  const names = agents
    ? [...identities.people.find(text), ...identities.agents.find(text)]
    : identities.people.find(text)
  if (patterns.length === 0 && names.length === 0 && digits < minimumPhoneDigits) return []

  const named = [...patterns, ...names.filter(wanted)].map((span) => wholeCharacters(text, span))
  let spans: readonly Span[] = outside(replaced, joinOverlaps(named))
  if (digits < minimumPhoneDigits) return spans

  const steps: ((gap: Gap) => readonly Span[])[] = [
    (gap) => findKnownPhones(text, gap, identities.phones),
    (gap) => findCards(text, gap, before),
    (gap) => findPhones(text, gap, before),
  ]
  for (const step of steps) {
    const barriers = [...replaced, ...spans].toSorted((a, b) => a.start - b.start)
    const found = gapsBetween(barriers, text.length).flatMap(step).filter(wanted)
    if (found.length > 0) spans = joinOverlaps([...spans, ...found])
  }
  return spans
}

/** Without the spans that touch a replacement. Both lists are disjoint and in order. */
function outside(replaced: readonly Gap[], spans: Span[]): Span[] {
  if (replaced.length === 0) return spans
  let next = 0
  return spans.filter((span) => {
    while (next < replaced.length && (replaced[next] as Gap).end <= span.start) next++
    const other = replaced[next]
    return !other || other.start >= span.end
  })
}

/** One pass over the text for what its own characters prove, counting digits for what they do not. */
function scan(
  text: string,
  ignored: ReadonlySet<PersonalDataType>,
): { readonly spans: readonly Span[]; readonly digits: number } {
  const spans: Span[] = []
  let digits = 0
  candidate.lastIndex = 0
  while (candidate.test(text)) {
    const position = candidate.lastIndex - 1
    const character = text.charCodeAt(position)
    let span: Span | null = null
    if (character === 0x3a) span = ignored.has('URL') ? null : urlAround(text, position)
    else if (character === 0x40 || character === 0xff20)
      span = ignored.has('EMAIL') ? null : emailAround(text, position)
    else {
      digits++
      span = ignored.has('IBAN') ? null : ibanAround(text, position)
    }
    if (!span) continue
    spans.push(span)
    candidate.lastIndex = Math.max(candidate.lastIndex, span.end)
  }
  candidate.lastIndex = 0
  return { spans, digits }
}
