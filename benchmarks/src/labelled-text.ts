/** A text with everything in it that is personal data, by whoever labelled it. */
export interface LabelledText {
  readonly text: string
  readonly spans: readonly TypedSpan[]
}

/** A stretch of a text, in UTF-16 code units. */
export interface TypedSpan {
  readonly start: number
  readonly end: number
  readonly type: string
}

/** What other collections call the types of `@custody/redact`. */
const synonyms: Readonly<Record<string, string>> = {
  CREDIT_CARD: 'CARD',
  DATE_TIME: 'DATE',
  DL: 'DRIVING_LICENCE',
  DOB: 'DATE_OF_BIRTH',
  EMAIL_ADDRESS: 'EMAIL',
  IBAN_CODE: 'IBAN',
  IP: 'IP_ADDRESS',
  PHONE_NUMBER: 'PHONE',
  SSN: 'NATIONAL_ID',
  US_SSN: 'NATIONAL_ID',
}

/** The name under which labels and findings of one type are compared. */
export function typeNamed(label: string): string {
  return synonyms[label] ?? label
}
