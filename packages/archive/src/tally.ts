import type { Conversation, Redaction } from '@custody/model'
import type { Drops, Reject } from '@custody/pipeline'
import { evidenceOf } from './evidence.ts'
import type { ArchiveCounts, ArchiveVerdict } from './options.ts'
import { isArchived, isConversationReject, reconciliationOf } from './reconciliation-report.ts'

/** Counts of a part of what goes into an archive, as they go from one thread to another. */
export interface TallyPart {
  readonly counts: Readonly<Record<CountName, number>>
  readonly sources: ReadonlyMap<string, number>
  readonly redactions: ReadonlyMap<string, number>
  readonly differences: ReadonlyMap<string, number>
}

const noCounts = {
  found: 0,
  conversations: 0,
  entries: 0,
  attachments: 0,
  excluded: 0,
  gaps: 0,
  rejects: 0,
  matched: 0,
  missing: 0,
  extra: 0,
  differs: 0,
  unknown: 0,
  countedOnly: 0,
}

type CountName = keyof typeof noCounts

/** Counts what goes into an archive. Names that come from outside are only ever keys of a Map. */
export class Tally {
  readonly #counts = { ...noCounts }
  readonly #isAmendment: boolean
  readonly #sources = new Map<string, number>()
  readonly #drops = new Map<string, number>()
  readonly #redactions = new Map<string, number>()
  readonly #differences = new Map<string, number>()

  constructor({ isAmendment }: { readonly isAmendment: boolean }) {
    this.#isAmendment = isAmendment
  }

  conversation(conversation: Conversation): void {
    const { verdict } = reconciliationOf(conversation)
    this.#counts.found += 1
    this.#counts[verdict] += 1
    if (evidenceOf(conversation) === 'counted') this.#counts.countedOnly += 1
    for (const { differences } of conversation.witnesses) {
      for (const { what } of differences) add(this.#differences, what)
    }
    if (!isArchived(conversation, this.#isAmendment)) return
    this.#counts.conversations += 1
    this.#counts.entries += conversation.entries.length
    for (const entry of conversation.entries) add(this.#sources, entry.source)
  }

  /** All that was counted so far, but for drops. */
  part(): TallyPart {
    return {
      counts: this.#counts,
      sources: this.#sources,
      redactions: this.#redactions,
      differences: this.#differences,
    }
  }

  /** Counts what was counted elsewhere. */
  add({ counts, sources, redactions, differences }: TallyPart): void {
    for (const name of Object.keys(noCounts) as CountName[]) this.#counts[name] += counts[name]
    for (const [source, count] of sources) add(this.#sources, source, count)
    for (const [type, count] of redactions) add(this.#redactions, type, count)
    for (const [what, count] of differences) add(this.#differences, what, count)
  }

  redaction(redaction: Redaction): void {
    add(this.#redactions, redaction.type)
  }

  reject(reject: Reject): void {
    this.#counts.rejects += 1
    if (!isConversationReject(reject)) return
    this.#counts.found += 1
    this.#counts.missing += 1
  }

  attachments(files: number): void {
    this.#counts.attachments = files
  }

  gaps(count: number): void {
    this.#counts.gaps += count
  }

  drops(drops: Drops): void {
    for (const [reason, count] of Object.entries(drops)) add(this.#drops, reason, count)
  }

  counts(): ArchiveCounts {
    const { found, conversations, entries, attachments, excluded, gaps, rejects, ...verdicts } = this.#counts
    return {
      found,
      conversations,
      entries,
      attachments,
      entriesBySource: sorted(this.#sources),
      excluded,
      gaps,
      rejects,
      drops: sorted(this.#drops),
      redactionsByType: sorted(this.#redactions),
      differences: sorted(this.#differences),
      ...verdicts,
    }
  }

  verdict(): ArchiveVerdict {
    return verdictOf(this.#counts)
  }
}

/** Whether what a reading did not give is gone: not where it may have missed something, or was allowed to see nothing. */
export function provesAbsence(verdict: ArchiveVerdict): boolean {
  return verdict === 'complete' || verdict === 'counted'
}

/** What the counts of an archive prove. An amendment is about all that was read anew, not just about what it holds. */
export function verdictOf({
  gaps,
  found,
  excluded,
  countedOnly,
}: Pick<ArchiveCounts, 'gaps' | 'found' | 'excluded' | 'countedOnly'>): ArchiveVerdict {
  if (gaps > 0) return 'incomplete'
  if (found === excluded) return 'empty'
  return countedOnly > 0 ? 'counted' : 'complete'
}

function add(counts: Map<string, number>, key: string, count = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + count)
}

function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}
