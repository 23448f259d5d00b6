import { AuditChain, type AuditCheckpoint, type LineFault } from './audit-chain.ts'
import { LineCutter } from './line-cutter.ts'

/**
 * What can be wrong with a part of the log.
 *
 * - `AUDIT_GAP`: it begins behind the end of the part before; lines are missing between.
 * - `AUDIT_OVERLAP`: it begins before the end of the part before.
 * - `AUDIT_FORK`: its first line does not follow the last line of the part before: the log was written anew.
 * - `AUDIT_LINE_MALFORMED`: a line is not in the one form of an event.
 * - `AUDIT_LINE_NUMBER`: a line does not have the next number; lines are missing, doubled or in another order.
 * - `AUDIT_LINE_CHANGED`: a line does not follow the one before; one of the two was changed.
 * - `AUDIT_UNFINISHED`: the last line has no end.
 * - `AUDIT_CUT`: lines are missing at the end, up to the size that the seal states.
 * - `AUDIT_SURPLUS`: there are lines beyond the size that the seal states.
 * - `AUDIT_SHRUNK`: the seal states fewer lines than the one before.
 * - `AUDIT_ROOT`: the lines do not give the root that the seal states.
 */
export type AuditFindingCode =
  | 'AUDIT_GAP'
  | 'AUDIT_OVERLAP'
  | 'AUDIT_FORK'
  | 'AUDIT_LINE_MALFORMED'
  | 'AUDIT_LINE_NUMBER'
  | 'AUDIT_LINE_CHANGED'
  | 'AUDIT_UNFINISHED'
  | 'AUDIT_CUT'
  | 'AUDIT_SURPLUS'
  | 'AUDIT_SHRUNK'
  | 'AUDIT_ROOT'

/** Something that does not hold in a log; `line` counts from 1, and is null where no single line is at fault. */
export interface AuditFinding {
  readonly code: AuditFindingCode
  /** The line of the part, from 1, as an editor counts; null for the part as a whole. */
  readonly line: number | null
  /** What is wrong, without content. */
  readonly message: string
}

/** Where a part begins: what the seal before says, and the last line of its part where that is at hand. */
export interface AuditPartStart {
  readonly size: number
  /** Lower-case hex. */
  readonly root?: string
  /** SHA-256 of the last line before, LF included, as hex. */
  readonly lastLineHash?: string
}

/** Between which entries a part of a log is checked. */
export interface AuditPartOptions {
  /**
   * Known from the copy of the previous seal in each archive; `{ size: 0 }` for the first one. Left out, the part begins
   * where its first line says, so that lines cut at its beginning do not show.
   */
  readonly from?: AuditPartStart
  /** What the seal of its archive says. */
  readonly to: AuditCheckpoint
}

/** What checking a part of a log found. */
export interface AuditPartResult {
  readonly findings: readonly AuditFinding[]
  /** Findings beyond the first thousand, which are not in the list. */
  readonly omitted: number
  /** Lines in the part. */
  readonly lines: number
  /**
   * Whether the root was compared. It needs every line from the first of the log on: the part of a later archive alone
   * shows only that it is a chain in itself.
   */
  readonly rootCompared: boolean
  /** SHA-256 of the last line, as hex; null when that line is not there. What the next part has to follow. */
  readonly lastLineHash: string | null
}

/** More than anybody reads; hostile input must not fill the memory. */
const FINDINGS_MAX = 1000

/** Checks one archive's part of the log while its bytes pass by, in constant memory. Pure: it reads nothing itself. */
export class AuditPartCheck {
  readonly #from: AuditPartStart | undefined
  readonly #to: AuditCheckpoint
  readonly #chain: AuditChain
  readonly #cutter: LineCutter = new LineCutter()
  readonly #findings: AuditFinding[] = []
  #omitted = 0
  #lines = 0

  /** @param chain The log up to this part, where all of it was seen. */
  constructor({ from, to }: AuditPartOptions, chain?: AuditChain) {
    this.#from = from
    this.#to = to
    const start = from?.size ?? (to.size === 0 ? 0 : null)
    this.#chain = chain ?? new AuditChain({ size: start, lastLineHash: from?.lastLineHash ?? null })
  }

  push(chunk: Uint8Array): void {
    for (const line of this.#cutter.cut(chunk)) this.#take(line)
  }

  /** Call once, after the last bytes. */
  end(): AuditPartResult {
    if (this.#cutter.rest.length > 0) this.#add('AUDIT_UNFINISHED', this.#lines + 1, 'the last line has no end')
    const rootCompared = this.#compareEnd()
    return {
      findings: this.#findings,
      omitted: this.#omitted,
      lines: this.#lines,
      rootCompared,
      lastLineHash: this.#chain.size === this.#to.size ? this.#chain.lastLineHash : null,
    }
  }

  #take(line: Uint8Array): void {
    const fault = this.#chain.check(line)
    this.#lines += 1
    if (fault === null) {
      this.#chain.add(line)
      return
    }
    const expected = this.#chain.size
    this.#chain.addFaulty(line, fault)
    this.#add(...this.#describe(fault, expected))
  }

  #describe(fault: LineFault, expected: number | null): [AuditFindingCode, number, string] {
    const line = this.#lines
    if (fault === 'malformed') return ['AUDIT_LINE_MALFORMED', line, 'not in the form of an event']
    if (line > 1) {
      return fault === 'number'
        ? ['AUDIT_LINE_NUMBER', line, `does not have the number ${expected}`]
        : ['AUDIT_LINE_CHANGED', line, 'does not follow the line before: one of the two was changed']
    }
    if (fault === 'prev') return ['AUDIT_FORK', line, 'does not follow the last line of the part before']
    const n = (this.#chain.size ?? 0) - 1
    return [
      n > (expected ?? 0) ? 'AUDIT_GAP' : 'AUDIT_OVERLAP',
      line,
      `begins with the number ${n}, not with ${expected}`,
    ]
  }

  #compareEnd(): boolean {
    const { size, root } = this.#to
    const from = this.#from?.size ?? 0
    if (size < from) {
      this.#add('AUDIT_SHRUNK', null, `the seal states ${size} lines, the one before ${from}`)
      return false
    }
    // A part without lines fits a log that did not grow: that takes its start to tell.
    const end = this.#chain.size
    if (end === null) this.#add('AUDIT_CUT', null, 'there are no lines, and nothing says that there were none to come')
    else if (end < size) this.#add('AUDIT_CUT', null, `ends with ${end} lines of the log; the seal states ${size}`)
    else if (end > size) this.#add('AUDIT_SURPLUS', null, `holds ${end} lines of the log; the seal states ${size}`)
    if (end !== size) return false
    const found = this.#chain.root ?? (this.#lines === 0 ? (this.#from?.root ?? null) : null)
    if (found !== null && found !== root) {
      this.#add('AUDIT_ROOT', null, 'the lines do not give the root that the seal states')
    }
    return found !== null
  }

  #add(code: AuditFindingCode, line: number | null, message: string): void {
    if (this.#findings.length >= FINDINGS_MAX) this.#omitted += 1
    else this.#findings.push({ code, line, message })
  }
}

/** Checks one archive's part of the log that is in memory. */
export function checkAuditPart(part: string | Uint8Array, options: AuditPartOptions): AuditPartResult {
  const check = new AuditPartCheck(options)
  check.push(typeof part === 'string' ? Buffer.from(part) : part)
  return check.end()
}
