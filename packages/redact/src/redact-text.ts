import type { Json } from '@custody/model'
import { type Identities, noIdentities } from './identities.ts'
import { JsonTexts } from './json-text.ts'
import { noRules } from './path-rules.ts'
import type { Detector, SpanType } from './personal-data-type.ts'
import { type Action, createRedactor, type RedactorOptions, type TextContext } from './redactor.ts'
import { redactValue } from './value-walk.ts'

/** What is known of the people of a text. */
export interface RedactTextOptions extends RedactorOptions {
  /** Whose names, numbers and addresses to look for, see {@link identitiesOf}. @defaultValue nobody's */
  readonly identities?: Identities
}

/** A replacement in a text, without what stood there. */
export interface TextRedaction {
  readonly type: SpanType
  readonly detector: Detector
  readonly action: Action
  /** In UTF-16 code units of the original. */
  readonly start: number
  readonly length: number
}

/** A text after redaction. */
export interface RedactedText {
  /** The very same string when nothing was found. */
  readonly text: string
  readonly redactions: readonly TextRedaction[]
}

/** A JSON value after redaction. */
export interface RedactedJson {
  /** The very same value when nothing was found. */
  readonly value: Json
  /** With the path of each, as `customer.notes.0`. */
  readonly redactions: readonly (Omit<TextRedaction, 'action'> & { readonly action: string; readonly field: string })[]
}

/** A policy and a key, made ready for many texts. */
export interface TextRedactor {
  /** Redacts one text. `before` is what is known to stand before it, as the name of a column: it tells numbers apart. */
  redact(text: string, context?: Pick<TextContext, 'identities' | 'before'>): RedactedText
  /**
   * Redacts a JSON value: every string, every number that is personal data, every such key. Ids, times and words of fixed
   * lists stay under the keys that have them. `field` begins the paths that are told.
   */
  redactJson(value: Json, context?: { readonly identities?: Identities; readonly field?: string }): RedactedJson
}

/**
 * Makes a policy ready for many texts.
 *
 * @throws CustodyError of kind usage: `REDACT_KEY`, `REDACT_KEY_ID`, `REDACT_OPERATOR`, and what {@link loadPolicy} throws
 * for a policy made by hand.
 */
export function createTextRedactor(options: RedactorOptions): TextRedactor {
  const redactor = createRedactor(options)
  return {
    redact(text, context) {
      const { text: redacted, replaced } = redactor.rewrite(text, context)
      const redactions = replaced.map(({ type, detector, action, start, end }) => ({
        type,
        detector,
        action,
        start,
        length: end - start,
      }))
      return { text: redacted, redactions }
    },
    redactJson(value, { identities = noIdentities, field = 'value' } = {}) {
      const redactions: RedactedJson['redactions'][number][] = []
      const redacted = redactValue(
        value,
        field,
        {
          redactor,
          identities,
          structuralKeys: new Set(redactor.policy.structuralKeys),
          found: new Map(),
          isKept: () => false,
          dropped: new Set(),
          carried: null,
          jsonTexts: new JsonTexts(),
          report: (path, { type, detector, action, start, length }) =>
            redactions.push({ field: path, type, detector, action, start, length }),
        },
        noRules,
      )
      return { value: redacted, redactions }
    },
  }
}

/**
 * Redacts one text. Pure: the same text, policy, key and identities give the same result. For texts under several policies
 * or keys in turn, make a {@link createTextRedactor} for each, once.
 *
 * @throws CustodyError as {@link createTextRedactor}.
 */
export function redactText(text: string, options: RedactTextOptions): RedactedText {
  return redactorFor(options).redact(text, { identities: options.identities })
}

// Making a policy ready takes longer than a message does, and most callers have one.
let latest: { readonly options: RedactorOptions; readonly redactor: TextRedactor } | undefined

function redactorFor({ identities, ...options }: RedactTextOptions): TextRedactor {
  if (latest && isSame(latest.options, options)) return latest.redactor
  const redactor = createTextRedactor(options)
  // A copy: callers may wipe their key.
  latest = { options: { ...options, key: options.key.slice() }, redactor }
  return redactor
}

function isSame(a: RedactorOptions, b: RedactorOptions): boolean {
  const keys = Object.keys(a) as (keyof RedactorOptions)[]
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => key === 'key' || a[key] === b[key]) &&
    b.key instanceof Uint8Array &&
    a.key.length === b.key.length &&
    a.key.every((byte, at) => byte === b.key[at])
  )
}
