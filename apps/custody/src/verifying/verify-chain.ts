import { readAuditPart, type SealReport } from '@custody/archive'
import { AuditChainCheck } from '@custody/audit-log'
import { type ChainFinding, type ChainLink, checkChain } from '@custody/seal'
import { LineCutter } from './line-cutter.ts'
import { SealsInLog } from './seals-in-log.ts'

/** An archive that was verified, with what its seal says. */
export interface SealedArchive {
  readonly path: string
  readonly seal: SealReport
  /** Name of the archive that it amends, by its run.json, which the seal covers; null for an archive of its own. */
  readonly amends: string | null
}

export interface ChainVerification {
  /** Whose chain. */
  readonly origin: string
  /** In their order. */
  readonly archives: readonly string[]
  readonly findings: readonly ChainFinding[]
  /** What to know, and nothing wrong. */
  readonly notes: readonly ChainFinding[]
}

/** What is known of a chain from elsewhere. */
export interface KnownFromElsewhere {
  /** Digest of its latest seal: without it nobody can tell whether the last archives are missing. */
  readonly head?: string | undefined
  /** The first place that has to be there, where earlier archives were rightly disposed of. */
  readonly firstSeq?: number | undefined
}

/**
 * Checks that archives form whole chains, one for each origin: their seals, and the parts of the audit log they hold.
 *
 * @param known what is known from elsewhere
 */
export async function verifyChains(
  archives: readonly SealedArchive[],
  { head, firstSeq }: KnownFromElsewhere,
): Promise<readonly ChainVerification[]> {
  const byOrigin = Map.groupBy(archives, ({ seal }) => seal.seal.origin)
  const verified: ChainVerification[] = []
  for (const [origin, members] of byOrigin) {
    const links = members.map(({ path, amends, seal: { seal, digest, key, transitions, superseded } }): ChainLink => {
      return { path, seal, digest, history: superseded, amends, key, transitions }
    })
    // One directory may hold several chains; the last seal of one is not that of the others.
    const isOurs =
      byOrigin.size === 1 || links.some(({ digest, history }) => digest === head || history.includes(head ?? ''))
    const {
      findings,
      notes,
      links: ordered,
    } = checkChain(links, {
      ...(head !== undefined && isOurs && { expectedHead: { digest: head } }),
      ...(firstSeq !== undefined && { firstSeq }),
    })
    const audit = await checkAudit(ordered)
    verified.push({ origin, archives: ordered.map(({ path }) => path), findings: [...findings, ...audit], notes })
  }
  return verified
}

/** The parts of the audit log in the archives of a chain are one log, the one that the seals state, and it tells of these archives. */
async function checkAudit(links: readonly ChainLink[]): Promise<readonly ChainFinding[]> {
  const findings: ChainFinding[] = []
  const check = new AuditChainCheck()
  const logged = new SealsInLog()
  let place = 0
  for (const { path, seal } of links) {
    // A second copy has the same part.
    if (seal.seq === place) continue
    place = seal.seq
    const part = check.part(seal.audit)
    const lines = new LineCutter((line) => logged.line(line))
    for await (const chunk of readAuditPart(path)) {
      part.push(chunk)
      lines.push(chunk)
    }
    for (const { code, message } of part.end().findings) findings.push({ code, path, message })
  }
  return [...findings, ...links.flatMap((link) => logged.check(link))]
}
