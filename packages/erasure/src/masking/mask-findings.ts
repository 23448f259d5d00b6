/** A text that a policy writes anew. */
export interface TextChange {
  readonly entryId: string
  readonly was: string
  readonly text: string
}

/** What a policy finds in one conversation, as it is now. */
export interface MaskFindings {
  readonly identifier: string
  readonly entries: number
  /** Every text that can be given another, by its entry. */
  readonly texts: ReadonlyMap<string, string>
  readonly changes: readonly TextChange[]
  /** What was found in texts that are to change, by type: `EMAIL: 2`. */
  readonly types: Readonly<Record<string, number>>
  /** What was found where no other text can be put: rich content, names of files, forms. By type. */
  readonly outOfReach: Readonly<Record<string, number>>
  /** What the org did not show, so that the policy could not look for it, as codes: `contact-not-visible`. */
  readonly notSeen: readonly string[]
}

/** A conversation that nobody can say anything about: why, as a code. */
export interface MaskUnread {
  readonly identifier: string
  readonly unread: string
}

/** Looks for personal data by one policy. */
export interface MaskFinder {
  /** Reads conversations anew and lets the policy look for personal data. Each is answered once, in any order. */
  find(identifiers: readonly string[], signal: AbortSignal): AsyncIterable<MaskFindings | MaskUnread>
}

/** The finder of a policy. Throws where the policy is another one by now: what was approved is what is done. */
export type MaskFinderOf = (policy: MaskPolicy) => MaskFinder

/** By which policy, and that it is this one to the letter. */
export interface MaskPolicy {
  /** As it was named: a preset, or a file. */
  readonly name: string
  /** SHA-256 of what it says. */
  readonly digest: string
}

/** One conversation. */
export async function findOne(
  finder: MaskFinder,
  identifier: string,
  signal: AbortSignal,
): Promise<MaskFindings | MaskUnread> {
  for await (const found of finder.find([identifier], signal)) return found
  return { identifier, unread: 'not-found' }
}

/** What the approval of a conversation's changes is about: every text, before and after. */
export function changesText(changes: readonly TextChange[]): string {
  const sorted = changes.toSorted((one, other) => (one.entryId < other.entryId ? -1 : 1))
  return JSON.stringify(sorted.map(({ entryId, was, text }) => [entryId, was, text]))
}
