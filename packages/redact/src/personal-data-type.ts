/** Kinds of personal data, by priority: where two detectors claim equally long spans, the earlier type wins. */
export const personalDataTypes = [
  'SECRET',
  'CARD',
  'IBAN',
  'EMAIL',
  'NATIONAL_ID',
  'TAX_ID',
  'PASSPORT',
  'DRIVING_LICENCE',
  'BANK_ACCOUNT',
  'DATE_OF_BIRTH',
  'PHONE',
  'MAC_ADDRESS',
  'IP_ADDRESS',
  'PLATFORM_KEY',
  'ADDRESS',
  'NAME',
  'AGENT',
  'URL',
] as const

/**
 * - `CARD`, `IBAN`, `EMAIL`, `PHONE`, `URL`, `IP_ADDRESS`, `MAC_ADDRESS`, `SECRET`: found anywhere by their form.
 * - `NATIONAL_ID`, `TAX_ID`: by the check digits and issuing rules of a country; where those prove little, with the words
 *   beside them.
 * - `PASSPORT`, `DRIVING_LICENCE`, `BANK_ACCOUNT`, `DATE_OF_BIRTH`: by the words beside them.
 * - `NAME`, `PLATFORM_KEY`: of the conversation's own end users, found wherever they are repeated. `ADDRESS`: the same, and
 *   by its form where that is safe.
 * - `AGENT`: display names of agents and supervisors, only where the policy says `agents: redact`.
 */
export type PersonalDataType = (typeof personalDataTypes)[number]

/** A type that a policy adds, as `ORDER_NUMBER`. */
export type CustomType = string & {}

/** What a span can be. */
export type SpanType = PersonalDataType | CustomType

/** The form of a {@link CustomType}; it must not be a built-in one. */
export const customTypePattern: RegExp = /^[A-Z][A-Z0-9_]{1,31}$/

/** Types with so few values that whoever has the key could try them all: dates of birth, and PINs among the secrets. */
export const lowEntropyTypes: ReadonlySet<string> = new Set<PersonalDataType>(['DATE_OF_BIRTH', 'SECRET'])

/** What found a span: a rule, as `us-ssn` or `card-luhn`, or `identity` for the conversation's own records. */
export type Detector = string

/** A stretch of text that is personal data. Offsets are UTF-16 code units of the text it was found in. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly type: SpanType
  readonly detector: Detector
  /** How sure the detector is: 1 for what a check digit or a record proves, about 0.5 for what only its words tell. */
  readonly score: number
  /** The normalised value: the same for all spellings, so that they get the same pseudonym. */
  readonly value: string
}

/** A candidate that was read and left alone. Says what it was taken for; never what it is. */
export interface Rejected {
  readonly start: number
  readonly end: number
  /** The type it could have been. */
  readonly type: SpanType
  readonly detector: Detector
  /** One of a few words, as `check-digit`, `date`, `order-context`. */
  readonly reason: string
}
