import type { TypedSpan } from '../labelled-text.ts'

/** Something that takes personal data out of texts, made comparable. */
export interface Contender {
  readonly name: string
  /** Types it says it finds; what it does not say it does is not held against it. */
  readonly types: ReadonlySet<string>
  /** What it takes out of the text, with offsets in the original. */
  find(text: string): Promise<readonly TypedSpan[]>
  /** The text as it gives it back. */
  redact(text: string): Promise<string>
  /** The same without the promise, for those that need none: what speed is measured by. */
  readonly redactNow?: (text: string) => string
}
