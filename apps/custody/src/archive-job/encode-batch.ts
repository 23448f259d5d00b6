import { type ConversationEncoding, type EncodedConversations, encodeConversations, memoryOf } from '@custody/archive'
import { type Conversation, parseJson } from '@custody/model'
import type { Batch, Reject } from '@custody/pipeline'
import { type Policy, redact } from '@custody/redact'
import type { Work } from '@custody/threads'

// What is done with conversations once they are read, from JSON to the bytes of an archive: redacted, encoded, hashed. `onThreads` runs it.

/** What all conversations of a run are redacted and encoded with. */
export interface EncodeBatchData {
  readonly policy: Policy | null
  /** What pseudonyms are derived from, and for whom. */
  readonly key: Uint8Array
  readonly tenant: string
  readonly encoding: ConversationEncoding
}

export interface EncodedBatch {
  readonly encoded: EncodedConversations
  /** What redaction refused. */
  readonly rejects: readonly Reject[]
}

export function createWork({ policy, encoding, ...of }: EncodeBatchData): Work<readonly string[], EncodedBatch> {
  const redacted = policy === null ? null : redact({ policy, ...of })
  return async (texts) => {
    const records = texts.map((json) => parseJson(json) as unknown as Conversation)
    let batch: Batch<Conversation> = { records, rejects: [] }
    if (redacted !== null) for await (const each of redacted(one(batch))) batch = each
    const encoded = encodeConversations(batch.records, encoding)
    return { answer: { encoded, rejects: batch.rejects }, transfer: memoryOf(encoded) }
  }
}

async function* one<T>(batch: Batch<T>): AsyncGenerator<Batch<T>> {
  yield batch
}
