import { classifyDigits } from './digit-classifier.ts'
import { type Identities, noIdentities } from './identities.ts'
import { findKnownPhones } from './known-phones.ts'
import type { Rejected, Span, SpanType } from './personal-data-type.ts'
import { dropped, findReplacements } from './replacement.ts'
import { hasCandidates, type Scan, scan } from './scan.ts'
import { type Gap, gapsBetween, joinOverlaps, wholeCharacters } from './spans.ts'
import { Stretch, type StretchOptions } from './stretch.ts'
import type { TextDetector } from './text-detector.ts'

export interface FindOptions {
  readonly identities?: Identities
  /** Types not to look for. What they would have covered is searched for the others. */
  readonly ignored?: ReadonlySet<SpanType>
  readonly agents?: boolean
  /** What stands before the text, as the label of a form field or the key of a payload: tells numbers apart. */
  readonly before?: string
  /** Where earlier replacements stand: they are left alone. @defaultValue `findReplacements` */
  readonly replacements?: (text: string) => readonly Gap[]
  /** Countries (ISO 3166-1 alpha-2) whose national ids and ways of writing phone numbers are looked for. @defaultValue all */
  readonly countries?: ReadonlySet<string>
  /** Patterns of a policy, rules of the org, lists of people: searched beside the built-in ones. */
  readonly custom?: readonly TextDetector[]
  /** Told of every candidate that was read and left alone. */
  readonly onRejected?: (candidate: Rejected) => void
}

const noTypes: ReadonlySet<SpanType> = new Set()

const noOptions: FindOptions = {}
const noDetectors: readonly TextDetector[] = []
const none: readonly Span[] = []
const nothing: Scan = { spans: [], hasDigits: false }

// A span's removal can free its neighbour: what stood glued to it now stands alone. One more look is nearly always enough.
const maximumLooks = 8

/**
 * Personal data in a text: disjoint spans, in order. Takes time linear in the text, whatever it holds.
 *
 * Nothing is read across a span or a replacement, and the text is looked at again with its spans taken out until nothing
 * more is found. So the redacted text, searched again, has nothing left to find.
 */
export function findSpans(text: string, options: FindOptions = noOptions): readonly Span[] {
  let spans = look(text, options, options.onRejected)
  for (let looks = 1; spans.length > 0 && looks < maximumLooks; looks++) {
    const more = look(without(text, spans), options)
    if (more.length === 0) break
    spans = inserted(spans, more)
  }
  return spans
}

function look(text: string, options: FindOptions, onRejected?: (candidate: Rejected) => void): readonly Span[] {
  const { identities = noIdentities, ignored = noTypes, agents = false, custom = noDetectors } = options
  let named = custom.length === 0 ? none : custom.flatMap((detector) => detector.find(text))
  if (identities !== noIdentities) {
    named = named.concat(identities.people.find(text))
    if (agents) named = named.concat(identities.agents.find(text))
  }
  const isCandidate = hasCandidates(text)
  if (!isCandidate && named.length === 0) return none

  const { before = '', countries, replacements = findReplacements } = options
  const wanted = ({ type }: Span): boolean => !ignored.has(type)
  const replaced = replacements(text)
  const shared: StretchOptions = { before, ignored, countries, onRejected }
  const stretches = isCandidate ? stretchesOf(text, replaced, shared) : []
  const { spans: patterns, hasDigits } = isCandidate ? scan(text, stretches) : nothing
  named = named.concat(patterns)
  let spans: readonly Span[] =
    named.length === 0
      ? none
      : outside(replaced, joinOverlaps(named.filter(wanted).map((span) => wholeCharacters(text, span))))
  if (!hasDigits) return spans

  const { phones } = identities
  let unread = stretches
  const findBy = (step: (stretch: Stretch) => readonly Span[]): void => {
    // Where nothing was found so far, the stretches are still the same, and know their words and digits.
    if (spans.length > 0) unread = stretchesOf(text, bothOf(replaced, spans), shared, unread)
    const found = unread.flatMap(step).filter(wanted)
    if (found.length > 0) spans = joinOverlaps(spans.concat(found))
  }
  if (phones.length > 0) findBy((stretch) => findKnownPhones(text, stretch, phones, stretch.chains))
  findBy(classifyDigits)
  return spans
}

/** What lies between the barriers. Stretches that were there before are the same objects. Both lists are in order. */
function stretchesOf(
  text: string,
  barriers: readonly Gap[],
  options: StretchOptions,
  before: readonly Stretch[] = [],
): readonly Stretch[] {
  let next = 0
  return gapsBetween(barriers, text.length).map(({ start, end }) => {
    while (next < before.length && (before[next] as Stretch).start < start) next++
    const same = before[next]
    return same?.start === start && same.end === end ? same : new Stretch(text, start, end, options)
  })
}

function bothOf(replaced: readonly Gap[], spans: readonly Gap[]): readonly Gap[] {
  return replaced.length === 0 ? spans : [...replaced, ...spans].toSorted((a, b) => a.start - b.start)
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
