import type { Identities } from './identities.ts'
import type { Detector, PersonalDataType } from './personal-data-type.ts'
import { createRedactor, type RedactOptions } from './redactor.ts'
import type { Operator } from './replacement.ts'

export interface RedactTextOptions extends RedactOptions {
  /** Whose names, numbers and addresses to look for, see {@link identitiesOf}. @defaultValue nobody's */
  readonly identities?: Identities
}

/** A replacement in a text, without what stood there. */
export interface TextRedaction {
  readonly type: PersonalDataType
  readonly detector: Detector
  readonly action: Operator
  /** In UTF-16 code units of the original. */
  readonly start: number
  readonly length: number
}

export interface RedactedText {
  /** The very same string when nothing was found. */
  readonly text: string
  readonly redactions: readonly TextRedaction[]
}

/**
 * Redacts one text. Pure: the same text, policy, key and identities give the same result.
 *
 * @throws CustodyError `REDACT_KEY`, `REDACT_KEY_ID` of kind usage.
 */
export function redactText(text: string, options: RedactTextOptions): RedactedText {
  const { text: redacted, replaced } = createRedactor(options).rewrite(text, options.identities)
  const redactions = replaced.map(({ type, detector, action, start, end }) => ({
    type,
    detector,
    action,
    start,
    length: end - start,
  }))
  return { text: redacted, redactions }
}
