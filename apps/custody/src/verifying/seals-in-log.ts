import { parseAuditEvent } from '@custody/audit-log'
import type { ChainFinding, ChainLink } from '@custody/seal'

/**
 * What the audit log tells of the seals that were made, to be held against those that are there: a later archive carries the log of
 * an earlier one, which nobody can change in it any more.
 */
export class SealsInLog {
  /** Tag manifest hashes by place in the chain, in the order of their making. */
  readonly #made = new Map<number, string[]>()

  line(line: string): void {
    if (!line.includes('"act":"seal.created"')) return
    const { seq, tagManifestSha256 } = parseAuditEvent(line)?.detail ?? {}
    if (typeof seq !== 'number' || typeof tagManifestSha256 !== 'string') return
    this.#made.set(seq, [
      ...(this.#made.get(seq) ?? []).filter((hash) => hash !== tagManifestSha256),
      tagManifestSha256,
    ])
  }

  check({ path, seal, history }: ChainLink): readonly ChainFinding[] {
    const made = this.#made.get(seal.seq) ?? []
    const index = made.indexOf(seal.tagManifestSha256)
    // One that is made later than the log of the archives goes is in none of them.
    if (index >= 0 && index < made.length - 1) {
      const message = 'The audit log tells of a later state of this archive: something was erased from it since.'
      return [{ code: 'CHAIN_ROLLED_BACK', path, message }]
    }
    if (made.length > 0 && index < 0 && history.length === 0) {
      return [
        { code: 'CHAIN_NOT_LOGGED', path, message: `The audit log tells of another archive as number ${seal.seq}.` },
      ]
    }
    if (made.length > 1 && history.length === 0) {
      return [{ code: 'CHAIN_NOT_LOGGED', path, message: `The audit log tells of two archives as number ${seal.seq}.` }]
    }
    return []
  }
}
