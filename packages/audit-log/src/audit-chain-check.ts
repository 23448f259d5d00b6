import { AuditChain, type AuditCheckpoint, NO_LINE } from './audit-chain.ts'
import { AuditPartCheck, type AuditPartResult, type AuditPartStart } from './audit-part-check.ts'

/** A part that is being checked as one of a chain. */
export interface AuditChainPart {
  push(chunk: Uint8Array): void
  /** Call once, after the last bytes and before the next part is begun. */
  end(): AuditPartResult
}

/**
 * Checks the parts of successive archives against each other and against what the seals state: together they have to be
 * one log without gap, fork or change. Feed them in the order of their seals.
 *
 * After a finding it goes on where the seal says that the part ends, so that one fault is told once.
 */
export class AuditChainCheck {
  #chain: AuditChain
  #from: AuditPartStart

  /** @param from Where the first part begins, when the archives before are not at hand; the roots are not compared then. */
  constructor(from: AuditPartStart = { size: 0, lastLineHash: NO_LINE }) {
    this.#from = from
    this.#chain = new AuditChain({ size: from.size, lastLineHash: from.lastLineHash ?? null })
  }

  /** Begins the part of the next archive; `to` is what its seal states. */
  part(to: AuditCheckpoint): AuditChainPart {
    const chain = this.#chain
    const check = new AuditPartCheck({ from: this.#from, to }, chain)
    return {
      push: (chunk) => check.push(chunk),
      end: () => {
        const result = check.end()
        const { lastLineHash } = result
        this.#from = { ...to, ...(lastLineHash === null ? {} : { lastLineHash }) }
        if (result.findings.length > 0) this.#chain = new AuditChain({ size: to.size, lastLineHash })
        return result
      },
    }
  }

  /** The part of the next archive, when it is in memory. */
  add(part: string | Uint8Array, to: AuditCheckpoint): AuditPartResult {
    const check = this.part(to)
    check.push(typeof part === 'string' ? Buffer.from(part) : part)
    return check.end()
  }
}
