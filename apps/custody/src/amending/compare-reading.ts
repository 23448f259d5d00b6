import type { Comparison, Ledger } from '@custody/ledger'
import type { Conversation, Window } from '@custody/model'
import { defineSink, type Sink } from '@custody/pipeline'
import { PendingCommit } from '@custody/sinks'
import { entryReader } from '../remembering/entry-seen.ts'
import { GapNotes } from '../remembering/gap-notes.ts'

export interface ReadingComparison {
  readonly comparison: Comparison
  /** What the reading could not have. */
  readonly gaps: GapNotes
  /** Whether all that there is was read: what is not among it is gone. */
  readonly complete: boolean
}

export interface CompareReadingOptions {
  readonly ledger: Pick<Ledger, 'compareEntries'>
  readonly ledgerKey: Uint8Array
  readonly runId: string
  /** Sealed from beginning to end. */
  readonly window: Window
  /** Whether archives have nothing of this time: then reading nothing is a whole reading. */
  readonly wasEmpty: boolean
  readonly onCompared: (result: ReadingComparison) => void
}

/** The end of a reading that writes no archive: it is held against what archives have of the same time. */
export function compareReading(options: CompareReadingOptions): Sink<Conversation> {
  const { ledger, ledgerKey, runId, window, wasEmpty, onCompared } = options
  return defineSink('compare', async function* (source, { signal }) {
    const seen = entryReader(ledgerKey)
    const gaps = new GapNotes(window)
    const commit = new PendingCommit()
    let archived = 0
    async function* rows() {
      for await (const batch of source) {
        gaps.add(batch)
        commit.add(batch)
        for (const conversation of batch.records) {
          if (conversation.reconciliation?.verdict === 'excluded') continue
          archived += 1
          yield* seen(conversation)
        }
      }
    }
    // A reading that finds nothing at all may be one that was not allowed to see: it is no proof that everything is gone.
    const isComplete = (): boolean => gaps.count === 0 && (archived > 0 || wasEmpty)
    const comparison = await ledger.compareEntries({
      run: runId,
      window,
      rows: rows(),
      complete: isComplete,
      ...(signal && { signal }),
    })
    onCompared({ comparison, gaps, complete: isComplete() })
    yield* commit.take()
  })
}
