import { hash } from 'node:crypto'
import { AUDIT_PART } from './bag.ts'
import type { FileCheck } from './file-check.ts'
import type { Findings } from './findings.ts'
import { jsonLines } from './json-lines.ts'
import { auditShape } from './line-shapes.ts'

const LINE_MAX_BYTES = 1024 * 1024
const NONE = '0'.repeat(64)

/** The lines of the audit log that an archive holds: `[first, end)` by their number in the whole log. */
export interface AuditPart {
  readonly first: number
  readonly end: number
}

/** Checks the hash chain of `audit/audit.jsonl`. What stood before its first line only earlier archives can tell. */
export class AuditCheck {
  readonly #findings: Findings
  part: AuditPart | null = null
  #previous: string | undefined
  /** Where a line could not be read the chain begins anew. */
  #next: number | undefined

  constructor(findings: Findings) {
    this.#findings = findings
  }

  file(): FileCheck {
    return jsonLines(
      {
        path: AUDIT_PART,
        maxBytes: LINE_MAX_BYTES,
        shape: auditShape,
        encode: encodeAudit,
        onLine: ({ number, bytes, value }) => this.#line(number, bytes, value as { n: number; prev: string }),
      },
      this.#findings,
    )
  }

  #line(number: number, bytes: Buffer, { n, prev }: { readonly n: number; readonly prev: string }): void {
    const refuse = (what: string): void => this.#findings.add('AUDIT_CHAIN', AUDIT_PART, `line ${number} ${what}`)
    if (this.#next !== undefined && n !== this.#next) refuse(`has number ${n}, not ${this.#next}`)
    if (this.#previous !== undefined ? prev !== this.#previous : n === 0 && prev !== NONE) {
      refuse('does not name the hash of the line before')
    }
    this.part = { first: this.part?.first ?? n, end: n + 1 }
    this.#previous = hash('sha256', bytes)
    this.#next = n + 1
  }
}

function encodeAudit(value: unknown): string {
  const { n, t, actor, act, run, obj, detail, prev } = value as Readonly<Record<string, unknown>>
  return JSON.stringify({ n, t, actor, act, run, obj, detail, prev })
}
