import type { EntryAmendment } from '@custody/archive'
import type { Amendment, Comparison, EntrySeen, Ledger } from '@custody/ledger'
import type { Conversation, Entry, Window } from '@custody/model'
import { CustodyError, defineStage, type Stage } from '@custody/pipeline'
import { entryReader } from '../remembering/entry-seen.ts'
import { GapNotes } from '../remembering/gap-notes.ts'
import { UnderWay } from '../remembering/under-way.ts'

export interface AmendedEntriesOptions {
  readonly ledger: Pick<Ledger, 'amendmentsOf' | 'retractAmendments'>
  readonly ledgerKey: Uint8Array
  readonly runId: string
  readonly window: Window
  /** What the first reading found. */
  readonly found: Comparison
  /** Told once everything was read again, before the archive stands. */
  readonly onRead: (gaps: GapNotes) => Promise<void>
}

/** Two places of the pipeline that writes an amendment, and what the archive says of its entries. */
export interface AmendedEntries {
  /** Leaves the entries that differ from what archives have. */
  readonly read: Stage<Conversation, Conversation>
  /** Takes back what redaction refused: it is in no archive. */
  readonly record: Stage<Conversation, Conversation>
  readonly amendmentOf: (conversation: Conversation, entry: Entry) => EntryAmendment | undefined
}

type Kept = readonly { readonly entryId: string; readonly seen: EntrySeen; readonly amendment: Amendment }[]

/**
 * The second reading of a window that differs from its archives: it has to give just what the first one found.
 *
 * @throws CustodyError `AMENDMENT_MOVED` while running, where it does not: nothing is written then
 */
export function amendedEntries(options: AmendedEntriesOptions): AmendedEntries {
  const { ledger, ledgerKey, runId, window, found, onRead } = options
  const read = entryReader(ledgerKey)
  const underWay = new UnderWay<Kept>()
  const gaps = new GapNotes(window)
  let amended = 0
  // The archive writes one batch before it asks for the next.
  let atHand = new Map<string, Kept>()

  const keep = async (conversation: Conversation): Promise<Conversation> => {
    const seen = read(conversation)
    const amendments = await ledger.amendmentsOf(runId, seen)
    const kept = conversation.entries.flatMap((entry, at) => {
      const [amendment, itself] = [amendments[at], seen[at]]
      return amendment && itself ? [{ entry, amendment, seen: itself }] : []
    })
    amended += kept.length
    underWay.add(
      conversation.identifier,
      kept.map(({ entry: { entryId }, amendment, seen }) => ({ entryId, amendment, seen })),
    )
    return { ...conversation, entries: kept.map(({ entry }) => entry) }
  }
  const retract = async (refused: readonly Kept[]): Promise<void> => {
    const rows = refused.flat().map(({ seen }) => seen)
    if (rows.length > 0) await ledger.retractAmendments(runId, rows)
  }

  return {
    read: defineStage('amended-entries', async function* (source, { signal }) {
      for await (const batch of source) {
        const records: Conversation[] = []
        for (const conversation of batch.records) records.push(await keep(conversation))
        signal?.throwIfAborted()
        yield { ...batch, records }
      }
      if (amended !== found.late + found.changed) throw moved(window)
    }),
    record: defineStage('ledger', async function* (source) {
      for await (const batch of source) {
        gaps.add(batch)
        atHand = new Map()
        for (const { identifier } of batch.records) {
          const { known, refused } = underWay.take(identifier)
          await retract(refused)
          atHand.set(identifier, known)
        }
        yield batch
      }
      await retract(underWay.rest())
      // What was gone in a whole reading has to be gone in this one too.
      if (found.vanished > 0 && gaps.count > 0) throw moved(window)
      await onRead(gaps)
    }),
    amendmentOf({ identifier }, { entryId }) {
      const amendment = atHand.get(identifier)?.find((one) => one.entryId === entryId)?.amendment
      if (amendment === undefined || amendment.kind === 'vanished') return undefined
      const { kind, entry, before, after, amends } = amendment
      return { kind, entry, before, after, amends }
    },
  }
}

function moved({ from, to }: Window): CustodyError<'AMENDMENT_MOVED'> {
  return new CustodyError('AMENDMENT_MOVED', `What ${from} to ${to} holds changed between two readings of it.`, {
    retryable: true,
    actions: ['Run it again: nothing was written, and the next reading finds all of it anew.'],
  })
}
