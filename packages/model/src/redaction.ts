/** One replacement made in a conversation. Says where and why; never what stood there. */
export interface Redaction {
  /** The entry, or null for the conversation's own fields. */
  readonly entryId: string | null
  /** A path into the archived line, e.g. `text`, `content.options.0.title`, `participants.1.displayName`. */
  readonly field: string
  /** What was found: `EMAIL`, `PHONE`, `CARD`, `IBAN`, `NAME` … */
  readonly type: string
  /** What found it, e.g. `pattern`, `identity`, `field-policy`. */
  readonly detector: string
  /** What was done: `pseudonym`, `label`, `mask`, `drop`. */
  readonly action: string
  /** Where in the original string, in UTF-16 code units. */
  readonly start: number
  readonly length: number
}
