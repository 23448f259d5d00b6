import type { Entry } from './entry.ts'

/** What decides an entry's place. */
export type EntryOrderKey = Pick<Entry, 'sentAt' | 'clientAt' | 'entryId'>

/**
 * Compares entries by (sentAt, clientAt, entryId), an absent clientAt first, strings by UTF-16 code units: the same order on
 * every machine and in every locale. Zero only for entries that share all three.
 */
export function compareEntries(a: EntryOrderKey, b: EntryOrderKey): number {
  return compareText(a.sentAt, b.sentAt) || compareText(a.clientAt, b.clientAt) || compareText(a.entryId, b.entryId)
}

/** The entries in order, as a new array. Entries that share a key keep the order they came in. */
export function sortEntries<E extends EntryOrderKey>(entries: readonly E[]): E[] {
  return entries.toSorted(compareEntries)
}

function compareText(a: string | null, b: string | null): number {
  if (a === b) return 0
  if (a === null) return -1
  if (b === null) return 1
  return a < b ? -1 : 1
}
