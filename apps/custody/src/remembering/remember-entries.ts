import { type ConversationVerdict, type EncodedConversations, verdictOf } from '@custody/archive'
import type { EntrySeen, Ledger } from '@custody/ledger'
import type { Conversation, Window } from '@custody/model'
import { defineStage, type Stage } from '@custody/pipeline'
import { entryReader } from './entry-seen.ts'
import { GapNotes } from './gap-notes.ts'
import { UnderWay } from './under-way.ts'

/** Two places of one pipeline: where entries are as they were read, and where it is known which of them reach the archive. */
export interface EntryStages {
  /** Takes the digests, before redaction. */
  readonly read: Stage<Conversation, Conversation>
  /** Records in the ledger what came as far as here, and what did not. */
  readonly record: Stage<Conversation, Conversation>
  /** The same of what was encoded before it came here. */
  readonly recordEncoded: Stage<EncodedConversations, EncodedConversations>
  readonly gaps: GapNotes
}

export interface RememberEntriesOptions {
  readonly ledger: Pick<Ledger, 'recordEntries' | 'recordGaps'>
  readonly ledgerKey: Uint8Array
  readonly runId: string
  readonly window: Window
}

/** One transaction of the ledger. */
const ROWS = 4_000

/**
 * Records the entries of a run as they come. They count from the moment the run is committed, so the order in which archive and ledger
 * get them does not matter.
 *
 * What redaction refuses is in no archive, and must not pass for known: digests are taken before it, and recorded after it.
 */
export function rememberEntries({ ledger, ledgerKey, runId, window }: RememberEntriesOptions): EntryStages {
  const seen = entryReader(ledgerKey)
  const underWay = new UnderWay<readonly EntrySeen[]>()
  const gaps = new GapNotes(window)
  const recorded = <T>(verdictsOf: (records: readonly T[]) => readonly ConversationVerdict[]): Stage<T, T> =>
    defineStage('ledger', async function* (source, { signal }) {
      let rows: EntrySeen[] = []
      const flush = async (): Promise<void> => {
        await ledger.recordEntries(runId, rows, signal ? { signal } : {})
        rows = []
      }
      for await (const batch of source) {
        const records = verdictsOf(batch.records)
        gaps.addVerdicts({ ...batch, records })
        for (const { identifier, verdict } of records) {
          const { known } = underWay.take(identifier)
          if (verdict === 'excluded') continue
          for (const entry of known) rows.push(entry)
        }
        if (rows.length >= ROWS) await flush()
        yield batch
      }
      await flush()
      await ledger.recordGaps(runId, gaps.list())
    })
  return {
    gaps,
    read: defineStage('ledger-digests', async function* (source) {
      for await (const batch of source) {
        for (const conversation of batch.records) underWay.add(conversation.identifier, seen(conversation))
        yield batch
      }
    }),
    record: recorded((conversations) => conversations.map(verdictOf)),
    recordEncoded: recorded((encoded) => encoded.flatMap(({ verdicts }) => verdicts)),
  }
}
