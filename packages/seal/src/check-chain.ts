import { checkAmendments } from './check-amendments.ts'
import type { KeyTransition } from './key-transition.ts'
import type { Seal } from './seal-text.ts'

/** One archive of a chain, its seal already inspected. */
export interface ChainLink {
  /** Where it is; findings name it. */
  readonly path: string
  readonly seal: Seal
  /** SHA-256 of its `seal.txt`. */
  readonly digest: string
  /** Digests of the seals it superseded. */
  readonly history: readonly string[]
  /** `archiveId` of the archive that it amends, as its sealed files say; null or left out for an archive of its own. */
  readonly amends?: string | null
  /** Fingerprint of the key that signed it. Left out: whether keys were rightly used is not checked. */
  readonly key?: string | null
  /** The transitions it holds. */
  readonly transitions?: readonly Pick<KeyTransition, 'from' | 'created'>[]
}

/** What is known of a chain from outside. */
export interface ChainOptions {
  /**
   * The latest seal somebody knows of, from outside: its place, its digest, or both. Only so can a chain be found to have
   * lost its end: what is left of it is a chain, too.
   */
  readonly expectedHead?: { readonly seq?: number; readonly digest?: string }
  /** The first place that must be there, when earlier archives were rightly disposed of. @defaultValue 1 */
  readonly firstSeq?: number
}

/** Something that does not hold in a chain. */
export interface ChainFinding {
  /** Literal, stable, upper snake case, with `CHAIN_` before it. */
  readonly code: string
  /** The archive; null for the chain as a whole. */
  readonly path: string | null
  readonly message: string
}

/** What following a chain found. */
export interface ChainReport {
  readonly findings: readonly ChainFinding[]
  /** What to know, and nothing wrong: a gap between periods, a second copy of the same archive. */
  readonly notes: readonly ChainFinding[]
  /** By place, then by time of sealing. */
  readonly links: readonly ChainLink[]
}

/**
 * Checks that archives form one whole chain: none missing, none replaced, none twice. Their order in the list does not
 * matter; the work is that of sorting them.
 */
export function checkChain(links: readonly ChainLink[], options: ChainOptions = {}): ChainReport {
  const report = new ChainReporter()
  const ordered = links.toSorted(byPlace)
  const origin = commonest(ordered.map(({ seal }) => seal.origin))
  for (const link of ordered) {
    if (link.seal.origin !== origin)
      report.find('CHAIN_ORIGIN', link, 'It is of another origin than most of the archives.')
  }
  const own = ordered.filter(({ seal }) => seal.origin === origin)
  const places = groupByPlace(withoutCopies(own, report))
  for (const place of places) checkPlace(place, report)
  checkSuccession(places, options.firstSeq ?? 1, report)
  const holders = places.map(({ holder }) => holder)
  checkPeriods(holders, report)
  checkAmendments(holders, { isWhole: (options.firstSeq ?? 1) === 1 }, report)
  checkKeys(own, report)
  checkHead(places, options.expectedHead, report)
  return { findings: report.findings, notes: report.notes, links: ordered }
}

/** A place of the chain, and the archives that claim it. */
interface Place {
  readonly seq: number
  readonly claimants: readonly ChainLink[]
  /** Digests of the seals that one of them superseded. */
  readonly superseded: ReadonlySet<string>
  /** Those that no other of them supersedes: rightly one. */
  readonly holding: readonly ChainLink[]
  /** The one the others of the chain are compared with. */
  readonly holder: ChainLink
}

export class ChainReporter {
  readonly findings: ChainFinding[] = []
  readonly notes: ChainFinding[] = []

  find(code: string, link: ChainLink | null, message: string): void {
    this.findings.push({ code, path: link?.path ?? null, message })
  }

  note(code: string, link: ChainLink | null, message: string): void {
    this.notes.push({ code, path: link?.path ?? null, message })
  }
}

/** Two copies of one archive, a folder and its ZIP say, are nothing wrong. */
function withoutCopies(links: readonly ChainLink[], report: ChainReporter): readonly ChainLink[] {
  const first = new Map<string, ChainLink>()
  return links.filter((link) => {
    const other = first.get(link.digest)
    if (other === undefined) first.set(link.digest, link)
    else report.note('CHAIN_COPY', link, `It has the same seal as ${other.path}.`)
    return other === undefined
  })
}

function groupByPlace(links: readonly ChainLink[]): readonly Place[] {
  return [...Map.groupBy(links, ({ seal }) => seal.seq)].map(([seq, claimants]) => {
    const superseded = new Set(claimants.flatMap(({ history }) => history))
    const holding = claimants.filter(({ digest }) => !superseded.has(digest))
    return { seq, claimants, superseded, holding, holder: holding.at(-1) ?? (claimants[0] as ChainLink) }
  })
}

function checkPlace({ seq, claimants, superseded, holding }: Place, report: ChainReporter): void {
  for (const link of claimants) {
    // Records that were erased from the archive that supersedes it are still in this one.
    if (superseded.has(link.digest)) report.find('CHAIN_SUPERSEDED', link, 'Another archive here supersedes it.')
  }
  if (holding.length < 2) return
  for (const link of holding)
    report.find('CHAIN_SEQ_TWICE', link, `${holding.length} archives are sealed as number ${seq}.`)
}

function checkSuccession(places: readonly Place[], firstSeq: number, report: ChainReporter): void {
  places.forEach((place, index) => {
    const before = places[index - 1]
    const expected = before === undefined ? firstSeq : before.seq + 1
    if (place.seq > expected) {
      const missing =
        place.seq - 1 === expected ? `Number ${expected} is` : `Numbers ${expected} to ${place.seq - 1} are`
      report.find('CHAIN_MISSING', place.holder, `${missing} missing before it.`)
    } else if (before !== undefined) {
      const digests = new Set([...before.superseded, ...before.claimants.map(({ digest }) => digest)])
      for (const link of place.claimants) checkStep(before.holder, digests, link, report)
    }
  })
}

function checkStep(before: ChainLink, digests: ReadonlySet<string>, link: ChainLink, report: ChainReporter): void {
  const { seal } = link
  if (!digests.has(seal.prevSealSha256 ?? '')) {
    report.find('CHAIN_REPLACED', before, `It is not the archive that number ${seal.seq} was sealed after.`)
  }
  // A seal that supersedes another may well be younger than the next of the chain.
  if (before.history.length === 0 && seal.created < before.seal.created) {
    report.find('CHAIN_ORDER', link, `It was sealed before number ${before.seal.seq}, which it follows.`)
  }
  const [older, newer] = [before.seal.audit, seal.audit]
  if (newer.size < older.size || (newer.size === older.size && newer.root !== older.root)) {
    report.find('CHAIN_AUDIT', link, `Its audit log does not go on from that of number ${before.seal.seq}.`)
  }
}

/** One archive for each stretch of time, amendments aside; the one in whose place there are several was reported already. */
function checkPeriods(holders: readonly ChainLink[], report: ChainReporter): void {
  const links = holders.filter(({ amends }) => !amends).toSorted(byPeriod)
  let latest: ChainLink | undefined
  for (const link of links) {
    const { from, to } = link.seal.period
    if (latest !== undefined) {
      const end = latest.seal.period
      if (from < end.to && latest.seal.verdict === 'incomplete') {
        report.note('CHAIN_PERIOD_REDONE', link, `Number ${latest.seal.seq}, of the same time, is incomplete.`)
      } else if (from === end.from && to === end.to) {
        report.find('CHAIN_PERIOD_TWICE', link, `Number ${latest.seal.seq} is of the same period.`)
      } else if (from < end.to) {
        report.find('CHAIN_PERIOD_OVERLAP', link, `Its period overlaps that of number ${latest.seal.seq}.`)
      } else if (from > end.to) {
        report.note('CHAIN_PERIOD_GAP', link, `No archive covers ${end.to} to ${from}.`)
      }
    }
    if (latest === undefined || to > latest.seal.period.to) latest = link
  }
}

/** A key that handed over to another, lost or stolen maybe, signs nothing any more. */
function checkKeys(links: readonly ChainLink[], report: ChainReporter): void {
  const retired = new Map<string, string>()
  for (const { from, created } of links.flatMap(({ transitions = [] }) => transitions)) {
    if (created < (retired.get(from) ?? '~')) retired.set(from, created)
  }
  for (const link of links) {
    const since = retired.get(link.key ?? '')
    if (since !== undefined && link.seal.created > since) {
      report.find('CHAIN_KEY_RETIRED', link, 'It was sealed by a key that had handed over to another before.')
    }
  }
}

function checkHead(places: readonly Place[], expected: ChainOptions['expectedHead'], report: ChainReporter): void {
  if (expected === undefined) return
  const { seq, digest } = expected
  const last = places.at(-1)
  if (seq !== undefined && (last?.seq ?? 0) < seq) {
    const message = `Its end is missing: the last number here is ${last?.seq ?? 0}, and ${seq} is known of.`
    report.find('CHAIN_TRUNCATED', last?.holder ?? null, message)
  } else if (digest !== undefined) {
    const candidates = places
      .filter((place) => seq === undefined || place.seq === seq)
      .flatMap(({ claimants }) => claimants)
    const isThere = candidates.some((link) => link.digest === digest || link.history.includes(digest))
    if (!isThere) report.find('CHAIN_HEAD', candidates.at(-1) ?? null, 'The seal that is known of is not here.')
  }
}

function byPlace(one: ChainLink, other: ChainLink): number {
  return (
    one.seal.seq - other.seal.seq ||
    compare(one.seal.created, other.seal.created) ||
    compare(one.digest, other.digest) ||
    compare(one.path, other.path)
  )
}

function byPeriod(one: ChainLink, other: ChainLink): number {
  return (
    compare(one.seal.period.from, other.seal.period.from) ||
    compare(one.seal.period.to, other.seal.period.to) ||
    one.seal.seq - other.seal.seq
  )
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

/** Of several that are as common, the first. */
function commonest(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0]
}
