import { personalDataTypes, type Span, type SpanType } from './personal-data-type.ts'

/**
 * Joins overlapping spans into disjoint ones, in order. A joined span covers all that any of its parts covered, so nothing
 * that a detector found is left standing, and is named after its best part: the longest, then by priority of types.
 */
export function joinOverlaps(spans: readonly Span[]): Span[] {
  const sorted = spans.toSorted((a, b) => a.start - b.start || b.end - a.end)
  const joined: Span[] = []
  let best: Span | undefined
  for (const span of sorted) {
    const last = joined.at(-1)
    if (!last || !best || span.start >= last.end) {
      joined.push(span)
      best = span
      continue
    }
    if (compare(span, best) < 0) best = span
    joined[joined.length - 1] = { ...best, start: last.start, end: Math.max(last.end, span.end) }
  }
  return joined
}

function compare(a: Span, b: Span): number {
  return b.end - b.start - (a.end - a.start) || priorityOf(a.type) - priorityOf(b.type)
}

/** Types of a policy come first: whoever wrote them knows better than the built-in ones. */
function priorityOf(type: SpanType): number {
  return (personalDataTypes as readonly SpanType[]).indexOf(type)
}

/** Widens edges that would cut a surrogate pair in two, so that valid text stays valid. */
export function wholeCharacters(text: string, span: Span): Span {
  const start = span.start - (isInsidePair(text, span.start) ? 1 : 0)
  const end = span.end + (isInsidePair(text, span.end) ? 1 : 0)
  return start === span.start && end === span.end ? span : { ...span, start, end }
}

function isInsidePair(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800
}

/** The stretches of a text that no span covers. Spans are disjoint and in order. */
export function gapsBetween(spans: readonly { readonly start: number; readonly end: number }[], length: number): Gap[] {
  const gaps: Gap[] = []
  let from = 0
  for (const { start, end } of spans) {
    if (start > from) gaps.push({ start: from, end: start })
    from = end
  }
  if (from < length) gaps.push({ start: from, end: length })
  return gaps
}

export interface Gap {
  readonly start: number
  readonly end: number
}
