import { findSpans } from './find-spans.ts'
import type { Identities } from './identities.ts'
import type { PersonalDataType, Span } from './personal-data-type.ts'
import { withCallingCode } from './phone-value.ts'
import type { Policy } from './policy.ts'
import { createPseudonyms, type PseudonymKey } from './pseudonyms.ts'
import { dropped, label, mask, type Operator } from './replacement.ts'
import { unescaped } from './unescaped.ts'

/** What to look for and what to put in its place. */
export interface RedactOptions extends PseudonymKey {
  readonly policy: Policy
}

/** A span that was replaced, with its offsets in the original text; behind HTML escapes, in the text its reader sees. */
export interface Replaced extends Span {
  readonly action: Operator
}

export interface Rewritten {
  readonly text: string
  readonly replaced: readonly Replaced[]
}

/** A policy and a key, made ready for many texts. */
export interface Redactor {
  readonly policy: Policy
  /** Searches and rewrites a text; `before` is what is known to stand before it. */
  rewrite(text: string, identities?: Identities, before?: string): Rewritten
  /** What stands for a value in the place of the whole field. Null where the policy keeps the type. */
  replacementOf(type: PersonalDataType, value: string): { readonly text: string; readonly action: Operator } | null
}

/** @throws CustodyError `REDACT_KEY`, `REDACT_KEY_ID` of kind usage. */
export function createRedactor(options: RedactOptions): Redactor {
  const { policy } = options
  const pseudonyms = createPseudonyms(options)
  const kept = new Set(Object.entries(policy.types).flatMap(([type, action]) => (action === 'keep' ? [type] : [])))
  const ignored = kept as ReadonlySet<string> as ReadonlySet<PersonalDataType>
  const agents = policy.agents === 'redact'

  function replacementOf(type: PersonalDataType, value: string): { text: string; action: Operator } | null {
    const action = policy.types[type]
    if (action === 'keep') return null
    const normalised = type === 'PHONE' ? withCallingCode(value, policy.callingCode) : value
    if (action === 'label') return { text: label(type), action }
    if (action === 'mask') return { text: mask(type, normalised), action }
    if (action === 'drop') return { text: dropped, action }
    return { text: pseudonyms(type, normalised), action }
  }

  /** Looks behind HTML escapes too: where that finds more, the text is kept as its reader sees it. */
  function rewrite(text: string, identities?: Identities, before = ''): Rewritten {
    const seen = unescaped(text)
    if (seen !== text) {
      const rewritten = rewriteSeen(seen, identities, before)
      if (rewritten.replaced.length > 0) return rewritten
    }
    return rewriteSeen(text, identities, before)
  }

  function rewriteSeen(text: string, identities: Identities | undefined, before: string): Rewritten {
    const spans = findSpans(text, { ...(identities && { identities }), ignored, agents, before })
    if (spans.length === 0) return { text, replaced: none }
    let rewritten = ''
    let from = 0
    const replaced: Replaced[] = []
    for (const span of spans) {
      const replacement = replacementOf(span.type, span.value)
      if (!replacement) continue
      rewritten += text.slice(from, span.start) + replacement.text
      from = span.end
      replaced.push({ ...span, action: replacement.action })
    }
    return { text: rewritten + text.slice(from), replaced }
  }

  return { policy, rewrite, replacementOf }
}

const none: readonly Replaced[] = []
