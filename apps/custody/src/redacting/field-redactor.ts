import type { Json } from '@custody/model'
import { createTextRedactor, type RedactorOptions, type TextRedactor } from '@custody/redact'

/** Where in a file something was replaced, and what; never what stood there. */
export interface FileFinding {
  /** Line, row or block, from 1. */
  readonly record: number
  /** The column, or the path in a JSON value; empty for plain text. */
  readonly field: string
  readonly type: string
  readonly detector: string
  readonly action: string
  /** In UTF-16 code units of the original field. */
  readonly start: number
  readonly length: number
}

/** Counts of what was done to a file. */
export interface FileCounts {
  readonly records: number
  readonly recordsTouched: number
  readonly redactions: number
  readonly redactionsByType: Readonly<Record<string, number>>
}

/** Redacts the fields of one file, one record after the other, and keeps count. */
export class FieldRedactor {
  readonly #redactor: TextRedactor
  readonly #byType = new Map<string, number>()
  #findings: FileFinding[] = []
  #records = 0
  #recordsTouched = 0
  #touched = 0
  #redactions = 0

  constructor(options: RedactorOptions) {
    this.#redactor = createTextRedactor(options)
  }

  /** Begins the next record. */
  nextRecord(): void {
    this.#records += 1
  }

  /** A text; the name of its column tells numbers apart. */
  text(value: string, field: string): string {
    const { text, redactions } = this.#redactor.redact(value, { before: field })
    for (const redaction of redactions) this.#note({ record: this.#records, field, ...redaction })
    return text
  }

  /** A JSON value; the very same one where nothing is found. */
  json(value: Json): Json {
    const { value: redacted, redactions } = this.#redactor.redactJson(value, { field: '$' })
    for (const redaction of redactions) this.#note({ record: this.#records, ...redaction })
    return redacted
  }

  /** What was found since the last call. */
  takeFindings(): readonly FileFinding[] {
    const findings = this.#findings
    this.#findings = []
    return findings
  }

  counts(): FileCounts {
    return {
      records: this.#records,
      recordsTouched: this.#recordsTouched,
      redactions: this.#redactions,
      redactionsByType: Object.fromEntries([...this.#byType].sort(([a], [b]) => (a < b ? -1 : 1))),
    }
  }

  #note(finding: FileFinding): void {
    this.#findings.push(finding)
    this.#redactions += 1
    this.#byType.set(finding.type, (this.#byType.get(finding.type) ?? 0) + 1)
    if (this.#touched === finding.record) return
    this.#touched = finding.record
    this.#recordsTouched += 1
  }
}
