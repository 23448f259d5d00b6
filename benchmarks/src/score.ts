import type { LabelledText, TypedSpan } from './labelled-text.ts'
import type { Proportion } from './proportion.ts'

/** How well one type was found. */
export interface Score {
  /** Labelled spans that a finding of the same type overlaps. */
  readonly recall: Proportion
  /** Findings of the type that overlap a label of the same type. */
  readonly precision: Proportion
  /** Labelled spans of which any letter or digit is left, whatever the findings were called. */
  readonly leak: Proportion
}

/** What was found in each of the texts, against what is there. */
export function score(
  texts: readonly LabelledText[],
  findings: readonly (readonly TypedSpan[])[],
  type: string,
): Score {
  const recall = { hits: 0, total: 0 }
  const precision = { hits: 0, total: 0 }
  const leak = { hits: 0, total: 0 }
  for (const [index, { text, spans }] of texts.entries()) {
    const found = findings[index] ?? []
    const labels = spans.filter((span) => span.type === type)
    const same = found.filter((span) => span.type === type)
    for (const label of labels) {
      recall.total += 1
      leak.total += 1
      if (same.some((span) => overlap(span, label))) recall.hits += 1
      if (isLeft(text, label, found)) leak.hits += 1
    }
    for (const span of same) {
      precision.total += 1
      if (labels.some((label) => overlap(span, label))) precision.hits += 1
    }
  }
  return { recall, precision, leak }
}

function overlap(a: TypedSpan, b: TypedSpan): boolean {
  return a.start < b.end && b.start < a.end
}

const telling = /[\p{L}\p{N}]/u

function isLeft(text: string, label: TypedSpan, found: readonly TypedSpan[]): boolean {
  for (let at = label.start; at < label.end; ) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
    if (telling.test(character) && !found.some(({ start, end }) => at >= start && at < end)) return true
    at += character.length
  }
  return false
}
