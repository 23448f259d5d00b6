import { CustodyError, usageError } from '@custody/pipeline'
import { hasDigit } from './characters.ts'
import { labelKey } from './conversation-labels.ts'
import { type FindOptions, findSpans } from './find-spans.ts'
import type { Identities } from './identities.ts'
import { type FieldRules, fieldRules } from './path-rules.ts'
import type { Rejected, Span, SpanType } from './personal-data-type.ts'
import { withCallingCode } from './phone-value.ts'
import type { Policy } from './policy.ts'
import { preparePolicy } from './prepared-policy.ts'
import { createPseudonyms, type PseudonymKey } from './pseudonyms.ts'
import {
  dropped,
  filled,
  fillingPattern,
  label,
  mask,
  type Operator,
  type ReplacementForms,
  replacementForms,
} from './replacement.ts'
import { RewrittenTexts } from './rewritten-texts.ts'
import { joinOverlaps } from './spans.ts'
import type { TextDetector } from './text-detector.ts'
import { typingErrors } from './typing-errors.ts'
import { unescaped } from './unescaped.ts'

/** What a function is given that makes replacements. */
export interface FoundValue {
  readonly type: SpanType
  /** The normalised value: the same for all spellings. */
  readonly value: string
  /** As it was written. */
  readonly text: string
}

/**
 * Makes the replacement of a value: up to 64 characters without brackets and control characters, which stand as
 * `[TYPE=…]`. The same value has to give the same text, and a text that says nothing about who it was is its duty.
 */
export type CustomOperator = (found: FoundValue) => string

/** What to look for and what to put in its place. */
export interface RedactorOptions extends PseudonymKey {
  readonly policy: Policy
  /** Functions by type, in the place of the policy's operators. Types that the policy keeps are kept. */
  readonly operators?: Readonly<Record<string, CustomOperator>>
  /** People of the whole organisation, see {@link createPeopleList}. */
  readonly people?: TextDetector
  /** Told of each candidate that was read and left alone, in the offsets of its text. */
  readonly onRejected?: (candidate: Rejected) => void
  /** Told of each pseudonym that is written, and what stands behind it. */
  readonly onPseudonym?: (pseudonym: string, found: FoundValue) => void
}

/** What was done with a span: an {@link Operator}, or `function`. */
export type Action = Operator | 'function'

/** A span that was replaced, with its offsets in the original text; behind HTML escapes, in the text its reader sees. */
export interface Replaced extends Span {
  readonly action: Action
}

export interface Rewritten {
  readonly text: string
  readonly replaced: readonly Replaced[]
}

/** What is known about a text beside its characters. */
export interface TextContext {
  readonly identities?: Identities | undefined
  /** What stands before it, as the label of a field. */
  readonly before?: string | undefined
  /** Spans that are known from elsewhere, as parts of a number that goes on in the next message. */
  readonly carried?: readonly Span[] | undefined
}

/** A policy and a key, made ready for many texts. */
export interface Redactor {
  readonly policy: Policy
  readonly rules: FieldRules
  /** Replacements as this redactor writes them, types of the policy and functions included. */
  readonly forms: ReplacementForms
  /** The same without what functions make: they may give back what they were given. */
  readonly ownForms: ReplacementForms
  /** Searches a text; what the policy keeps is not searched. */
  find(text: string, context?: TextContext): readonly Span[]
  /** Searches and rewrites a text. */
  rewrite(text: string, context?: TextContext): Rewritten
  /** What stands for a value in the place of the whole field. Null where the policy keeps the type. */
  replacementOf(found: FoundValue, identities?: Identities): { readonly text: string; readonly action: Action } | null
}

/** @throws CustodyError of kind usage: `REDACT_KEY`, `REDACT_KEY_ID`, `REDACT_OPERATOR`, and what {@link loadPolicy} throws. */
export function createRedactor(options: RedactorOptions): Redactor {
  const { policy, operators = {}, people, onPseudonym } = options
  const pseudonyms = createPseudonyms(options)
  const { detectors, customTypes, ignored, operatorOf } = preparePolicy(policy)
  const functions = new Map(Object.entries(operators))
  for (const type of functions.keys()) if (!Object.hasOwn(policy.types, type)) throw unknownType(type)
  const forms = replacementForms(customTypes, [...functions.keys()])
  const ownForms = functions.size === 0 ? forms : replacementForms(customTypes, [])
  const everybody = people ? [...detectors, people] : detectors
  const nearly = new WeakMap<Identities, readonly TextDetector[]>()
  const constant = {
    ignored,
    agents: policy.agents === 'redact',
    replacements: forms.find,
    ...(policy.countries && { countries: new Set(policy.countries) }),
    ...(options.onRejected && { onRejected: (candidate: Rejected) => memory.reject(candidate) }),
  } satisfies FindOptions

  function replacementOf(found: FoundValue, identities?: Identities): { text: string; action: Action } | null {
    const { type, value, text } = found
    const action = operatorOf(type)
    if (action === 'keep') return null
    const normalised = type === 'PHONE' ? withCallingCode(value, policy.callingCode) : value
    const made = functions.get(type)
    if (made) return { text: filled(type, checked(type, made({ type, value: normalised, text }))), action: 'function' }
    if (action === 'label') return { text: label(type), action }
    if (action === 'mask') return { text: mask(type, normalised), action }
    if (action === 'drop') return { text: dropped, action }
    if (action === 'conversation-label') {
      return { text: identities?.labels.get(labelKey(type, value)) ?? label(type), action }
    }
    const pseudonym = pseudonyms(type, normalised)
    onPseudonym?.(pseudonym, { type, value: normalised, text })
    return { text: pseudonym, action }
  }

  function detectorsFor(identities: Identities | undefined): readonly TextDetector[] {
    if (!identities || !policy.typingErrors) return everybody
    let all = nearly.get(identities)
    if (!all) {
      const typing = typingErrors(identities)
      all = typing ? [...everybody, typing] : everybody
      nearly.set(identities, all)
    }
    return all
  }

  let latest: { identities: Identities | undefined; before: string; options: FindOptions } | undefined

  function find(text: string, { identities, before = '', carried }: TextContext = {}): readonly Span[] {
    // The texts of a conversation come one after the other: their options are made once.
    if (latest === undefined || latest.identities !== identities || latest.before !== before) {
      const custom = detectorsFor(identities)
      latest = { identities, before, options: { ...constant, ...(identities && { identities }), before, custom } }
    }
    const spans = findSpans(text, latest.options)
    return carried && carried.length > 0 ? joinOverlaps([...carried, ...spans]) : spans
  }

  const memory = new RewrittenTexts(options.onRejected)

  /** Payloads repeat what the text of their entry says: what became of a text is remembered while the people are the same. */
  function rewrite(text: string, context: TextContext = {}): Rewritten {
    const { identities, carried } = context
    if (!identities || (carried && carried.length > 0)) return rewriteEscaped(text, context)
    // What stands before a text tells numbers apart, and nothing else.
    const before = hasDigit(text) ? context.before : ''
    return memory.of(identities, before ?? '', text, () => rewriteEscaped(text, { identities, before }))
  }

  /** Looks behind HTML escapes too: where that finds more, the text is kept as its reader sees it. */
  function rewriteEscaped(text: string, context: TextContext): Rewritten {
    const seen = unescaped(text)
    if (seen !== text) {
      const rewritten = rewriteSeen(seen, context)
      if (rewritten.replaced.length > 0) return rewritten
    }
    return rewriteSeen(text, context)
  }

  function rewriteSeen(text: string, context: TextContext): Rewritten {
    const spans = find(text, context)
    if (spans.length === 0) return { text, replaced: none }
    let rewritten = ''
    let from = 0
    const replaced: Replaced[] = []
    for (const span of spans) {
      const { type, value, start, end } = span
      const replacement = replacementOf({ type, value, text: text.slice(start, end) }, context.identities)
      if (!replacement) continue
      rewritten += text.slice(from, start) + replacement.text
      from = end
      replaced.push({ ...span, action: replacement.action })
    }
    return { text: rewritten + text.slice(from), replaced }
  }

  return { policy, rules: fieldRules(policy), forms, ownForms, find, rewrite, replacementOf }
}

function checked(type: string, made: string): string {
  if (typeof made === 'string' && fillingPattern.test(made)) return made
  throw new CustodyError(
    'REDACT_OPERATOR',
    `redact: the function for ${type} made no text that can stand in its place`,
    {
      actions: ['Return 1 to 64 characters without brackets and control characters.'],
    },
  )
}

function unknownType(type: string): CustodyError {
  return usageError('REDACT_OPERATOR', `redact: there is a function for ${type}, which is no type of the policy`)
}

const none: readonly Replaced[] = []
