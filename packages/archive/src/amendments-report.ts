import type { Conversation, Entry, Instant } from '@custody/model'
import type { CsvTable } from '@custody/sinks'

/**
 * What a later reading found in the time of an archive that was sealed before.
 *
 * - `late`: no archive had the entry; it is in this one.
 * - `changed`: an archive has it with other content or another time; as it is now, it is in this one.
 * - `vanished`: an archive has it, and Salesforce no longer.
 */
export type AmendmentRowKind = 'late' | 'changed' | 'vanished'

/** A row of amendments.csv: one entry. */
export interface AmendmentRow {
  readonly kind: AmendmentRowKind
  /** Keyed hash of conversation and entry, hex: what the ledger calls it. */
  readonly entry: string
  /** Identifiers as the master has them; of a vanished entry null where nobody knows them any more. */
  readonly conversation: string | null
  readonly entryId: string | null
  /** When it was sent; of a vanished one, when it had been. */
  readonly sentAt: Instant
  /** Keyed digests of the entry, hex: as an archive has it, null for a late one; as it is now, null for a vanished one. */
  readonly before: string | null
  readonly after: string | null
  /** Name of the archive that has it as it was; null for a late one. */
  readonly amends: string | null
}

/** What an entry of the master amends. */
export type EntryAmendment = Pick<AmendmentRow, 'entry' | 'before' | 'after' | 'amends'> & {
  readonly kind: 'late' | 'changed'
}

/** An entry that Salesforce no longer has. */
export type VanishedEntry = Omit<AmendmentRow, 'kind' | 'after'>

/** That an archive holds nothing but what came to light about the time of an earlier one. */
export interface Amends {
  /** Name of the archive that holds the time. This one is called by {@link amendmentName}. */
  readonly archive: string
  /** From 1, over all amendments of that archive. */
  readonly number: number
  /**
   * What an entry that reached the archive amends. Asked once for each entry of the master, in order, so the table says of
   * neither more nor fewer entries than stand there; conversations without entries are told in reconciliation.csv alone.
   */
  readonly amendmentOf: (conversation: Conversation, entry: Entry) => EntryAmendment | undefined
  /** Asked once, after the last conversation. Refused where the reading proved less than `counted`. @defaultValue none vanished */
  readonly vanished?: () => Iterable<VanishedEntry> | AsyncIterable<VanishedEntry>
}

/** The name of an amendment: `<archive>-amendment-<number>`. */
export function amendmentName({ archive, number }: Pick<Amends, 'archive' | 'number'>): string {
  return `${archive}-amendment-${number}`
}

/** What {@link amendmentName} made a name of; null for that of an archive of its own, which may not be called so. */
export function parseAmendmentName(name: string): Pick<Amends, 'archive' | 'number'> | null {
  const [, archive, number] = /^(.+)-amendment-([1-9]\d*)$/.exec(name) ?? []
  return archive === undefined ? null : { archive, number: Number(number) }
}

/** Whether an archive of this name is an amendment. */
export function isAmendmentName(name: string): boolean {
  return parseAmendmentName(name) !== null
}

/** amendments.csv */
export const amendmentsTable: CsvTable<AmendmentRow> = {
  name: 'amendments.csv',
  columns: [
    {
      name: 'kind',
      description: 'late: no archive had it; changed: an archive has it otherwise; vanished: no longer in Salesforce',
      cell: (row) => row.kind,
    },
    { name: 'entry', description: 'The entry, as a keyed hash', cell: (row) => row.entry },
    {
      name: 'conversation',
      description: 'Conversation identifier; empty where it is not known any more',
      cell: (row) => row.conversation,
    },
    { name: 'entry_id', description: 'Identifier of the entry', cell: (row) => row.entryId },
    { name: 'sent_at', description: 'When it was sent', cell: (row) => row.sentAt },
    { name: 'before', description: 'Keyed digest of what an earlier archive has', cell: (row) => row.before },
    { name: 'after', description: 'Keyed digest of what is here', cell: (row) => row.after },
    { name: 'amends', description: 'Name of the earlier archive', cell: (row) => row.amends },
  ],
}
