import type { Identities } from './identities.ts'
import type { Rejected } from './personal-data-type.ts'
import { type Action, createRedactor, type RedactorOptions } from './redactor.ts'

/** A span that would be replaced, and why. */
export interface ExplainedSpan {
  readonly type: string
  /** The rule, as `us-ssn`, or `identity`. */
  readonly detector: string
  readonly score: number
  readonly action: Action
  readonly start: number
  readonly length: number
}

/** A text after redaction, and which rule did what to it. */
export interface Explanation {
  /** As {@link redactText} gives it. */
  readonly text: string
  readonly spans: readonly ExplainedSpan[]
  /** What was read and left alone, each once. */
  readonly rejected: readonly Rejected[]
}

/**
 * Redacts a text and says which rule did what, and what was left alone for which reason. What lies inside a span that was
 * replaced all the same is left out of the rejected.
 *
 * @throws CustodyError as {@link createTextRedactor}.
 */
export function explainText(
  text: string,
  options: RedactorOptions & { readonly identities?: Identities; readonly before?: string },
): Explanation {
  const rejected = new Map<string, Rejected>()
  const { identities, before } = options
  const onRejected = (candidate: Rejected): void => {
    const { start, end, type, detector, reason } = candidate
    rejected.set([start, end, type, detector, reason].join('|'), candidate)
  }
  const { text: redacted, replaced } = createRedactor({ ...options, onRejected }).rewrite(text, { identities, before })
  const spans = replaced.map(({ type, detector, score, action, start, end }) => ({
    type,
    detector,
    score,
    action,
    start,
    length: end - start,
  }))
  const left = [...rejected.values()].filter(
    ({ start, end }) => !replaced.some((span) => span.start <= start && span.end >= end),
  )
  return { text: redacted, spans, rejected: left.toSorted((a, b) => a.start - b.start || a.end - b.end) }
}
