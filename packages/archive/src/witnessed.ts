import type { Conversation, Instant } from '@custody/model'
import { type Batch, defineStage, type Reject, type Stage } from '@custody/pipeline'
import type { EntryReader, ReadContext } from './entry-reader.ts'
import { mergeWitness } from './merge-witness.ts'
import { noneDelivered, outsideCensus, readContext } from './outside-census.ts'

const NAME = 'witnesses'

/** A second source, asked about the same conversations. */
export interface WitnessReader extends EntryReader {
  /** What was sent from here on may not be visible in it yet. @defaultValue null: it shows everything at once */
  readonly settledUntil?: Instant | null
  /**
   * Whether it shows everything up to then. One whose age is not known does not, so that its agreeing proves nothing about what it
   * lacks.
   * @defaultValue true
   */
  readonly whole?: boolean
}

/**
 * The stage that asks further sources about each conversation, joins what they gave with what is there, and notes where they
 * disagree. The verdict is for `reconcile()` to say, behind it.
 *
 * At the end come the conversations that only a witness knows.
 */
export function witnessed(readers: readonly WitnessReader[]): Stage<Conversation, Conversation> {
  return defineStage(NAME, async function* (source, { signal = new AbortController().signal }) {
    // By identifier: a witness may know what the source would not give.
    const refused = new Set<string>()
    for await (const batch of source) {
      signal.throwIfAborted()
      for (const { subject } of batch.rejects) {
        if (subject.type === 'Conversation' && subject.id !== null) refused.add(subject.id)
      }
      yield await askAll(readers, batch, signal)
    }
    for (const [index, reader] of readers.entries()) {
      for await (const batch of outsideCensus(NAME, reader, signal)) {
        const records = batch.records.map((conversation) => {
          const empty = { ...named(conversation, refused), entries: [], delivered: noneDelivered }
          return mergeWitness(empty, conversation, optionsOf(reader))
        })
        // The witnesses behind it are asked about these too: so each conversation comes once.
        yield await askAll(readers.slice(index + 1), { ...batch, records }, signal)
      }
    }
  })
}

function named(conversation: Conversation, refused: ReadonlySet<string>): Conversation {
  if (!refused.has(conversation.identifier)) return conversation
  const expected = { expectedAgentMessages: null, expectedEndUserMessages: null }
  return { ...conversation, reconciliation: { verdict: 'unknown', reason: 'refused-by-source', ...expected } }
}

async function askAll(
  readers: readonly WitnessReader[],
  batch: Batch<Conversation>,
  signal: AbortSignal,
): Promise<Batch<Conversation>> {
  const rejects: Reject[] = []
  let { records } = batch
  for (const reader of readers) records = await ask(reader, records, readContext(NAME, signal, rejects))
  return { ...batch, records, rejects: rejects.length === 0 ? batch.rejects : [...batch.rejects, ...rejects] }
}

async function ask(
  reader: WitnessReader,
  conversations: readonly Conversation[],
  context: ReadContext,
): Promise<readonly Conversation[]> {
  const readings = await reader.read(conversations, context)
  return conversations.map((conversation, index) =>
    mergeWitness(conversation, readings[index] ?? 'failed', optionsOf(reader)),
  )
}

function optionsOf({ source, settledUntil = null, whole = true }: WitnessReader): Parameters<typeof mergeWitness>[2] {
  return { source, settledUntil, whole }
}
