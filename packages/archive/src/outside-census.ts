import type { Conversation } from '@custody/model'
import type { Batch, Reject } from '@custody/pipeline'
import type { EntryReader, ReadContext } from './entry-reader.ts'

/** Conversations leave in batches of this many. */
const batchSize = 40

/** What a source was asked about and gave nothing of. */
export const noneDelivered = {
  source: null,
  entries: 0,
  entriesInWindow: 0,
  agentMessages: 0,
  endUserMessages: 0,
  requests: 0,
} as const

/** Hands what a reader refuses to a list, in the name of a stage. */
export function readContext(stage: string, signal: AbortSignal, rejects: Reject[]): ReadContext {
  return { signal, onReject: (reject) => rejects.push({ stage, ...reject }) }
}

/**
 * The conversations that a reader holds and the census does not name, with the verdict `extra`: somebody may have deleted their
 * records, or the census may be wrong.
 */
export async function* outsideCensus(
  stage: string,
  reader: EntryReader,
  signal: AbortSignal,
): AsyncGenerator<Batch<Conversation>> {
  let records: Conversation[] = []
  const rejects: Reject[] = []
  for await (const conversation of reader.rest?.(readContext(stage, signal, rejects)) ?? []) {
    // A source may know conversations of other windows too.
    if (conversation.entries.length === 0) continue
    const expected = { expectedAgentMessages: null, expectedEndUserMessages: null }
    records.push({ ...conversation, reconciliation: { verdict: 'extra', reason: 'not-in-census', ...expected } })
    if (records.length < batchSize) continue
    yield { records, rejects: rejects.splice(0) }
    records = []
  }
  if (records.length > 0 || rejects.length > 0) yield { records, rejects }
}
