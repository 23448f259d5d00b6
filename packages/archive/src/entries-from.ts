import type { Conversation } from '@custody/model'
import { defineStage, type Reject, type Stage } from '@custody/pipeline'
import type { EntryReader } from './entry-reader.ts'
import { noneDelivered, outsideCensus, readContext } from './outside-census.ts'

const NAME = 'entries'

/**
 * The stage that fills each conversation of the census with its entries from a source that is not asked one by one: Data 360,
 * or a transcript export.
 *
 * A conversation the source holds nothing of goes on without entries: whether that is right, its counts tell. At the end come
 * the conversations that only the source knows.
 */
export function entriesFrom(reader: EntryReader): Stage<Conversation, Conversation> {
  return defineStage(NAME, async function* (source, { signal = new AbortController().signal }) {
    for await (const batch of source) {
      signal.throwIfAborted()
      const rejects: Reject[] = []
      const readings = await reader.read(batch.records, readContext(NAME, signal, rejects))
      const records: Conversation[] = []
      for (const [index, conversation] of batch.records.entries()) {
        const reading = readings[index] ?? 'failed'
        if (reading === 'failed') rejects.push(unavailable(conversation, reader))
        else records.push(reading === 'absent' ? { ...conversation, entries: [], delivered: noneDelivered } : reading)
      }
      yield { ...batch, records, rejects: [...batch.rejects, ...rejects] }
    }
    yield* outsideCensus(NAME, reader, signal)
  })
}

function unavailable({ identifier }: Conversation, { source }: EntryReader): Reject {
  return {
    stage: NAME,
    code: 'ENTRIES_UNAVAILABLE',
    subject: { type: 'Conversation', id: identifier },
    message: `Its entries could not be had from ${source}.`,
  }
}
