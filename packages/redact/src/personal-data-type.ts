/** Kinds of personal data, by priority: where two detectors claim equally long spans, the earlier type wins. */
export const personalDataTypes = [
  'CARD',
  'IBAN',
  'EMAIL',
  'PHONE',
  'PLATFORM_KEY',
  'ADDRESS',
  'NAME',
  'AGENT',
  'URL',
] as const

/**
 * - `CARD`, `IBAN`, `EMAIL`, `PHONE`, `URL`: found anywhere by their form.
 * - `NAME`, `ADDRESS`, `PLATFORM_KEY`: of the conversation's own end users, found wherever they are repeated.
 * - `AGENT`: display names of agents and supervisors, only where the policy says `agents: redact`.
 */
export type PersonalDataType = (typeof personalDataTypes)[number]

/** What found a span: its form, or the conversation's own records. */
export type Detector = 'pattern' | 'identity'

/** A stretch of text that is personal data. Offsets are UTF-16 code units of the text it was found in. */
export interface Span {
  readonly start: number
  readonly end: number
  readonly type: PersonalDataType
  readonly detector: Detector
  /** The normalised value: the same for all spellings, so that they get the same pseudonym. */
  readonly value: string
}
