import {
  type ArchivedLines,
  type ConversationEncoding,
  conversationsOf,
  type EncodedConversations,
  encodeConversations,
  memoryOf,
} from '@custody/archive'
import type { Conversation } from '@custody/model'
import type { Batch, Reject } from '@custody/pipeline'
import {
  createEvidence,
  type EvidenceTally,
  type FoundValue,
  type Policy,
  type PseudonymKey,
  readPeopleList,
  redact,
  type Vault,
} from '@custody/redact'
import type { Work } from '@custody/threads'

// The whole chain for some lines of an archive, from bytes to bytes: parsed, redacted, encoded, hashed. `onThreads` runs it, on as many
// threads as there are, or on the one that calls. Nothing but bytes and counts goes back: objects would cost more on their way than
// the work on them.

/** What all lines of an archive are redacted with. */
export interface RedactLinesData {
  readonly policy: Policy
  readonly key: PseudonymKey
  /** The list of people as it was written, or null: what is made of it does not go from thread to thread. */
  readonly people: string | null
  readonly encoding: ConversationEncoding
}

export interface RedactedLines {
  readonly encoded: EncodedConversations
  readonly rejects: readonly Reject[]
  readonly evidence: EvidenceTally
  /** What stands behind pseudonyms, where the policy has it kept. */
  readonly pseudonyms: readonly (readonly [pseudonym: string, found: FoundValue])[]
}

export function createWork({ policy, key, people, encoding }: RedactLinesData): Work<ArchivedLines, RedactedLines> {
  const evidence = createEvidence({ policy, ...key })
  let pseudonyms: [string, FoundValue][] = []
  const vault: Pick<Vault, 'put' | 'flush'> = {
    put: (pseudonym, found) => void pseudonyms.push([pseudonym, found]),
    flush: async () => undefined,
  }
  const list = people === null ? {} : { people: readPeopleList(people) }
  const kept = policy.vault === 'file' ? { vault } : {}
  const redacted = redact({ policy, ...key, ...list, ...kept, evidence })
  return async (lines) => {
    let batch: Batch<Conversation> = { records: [], rejects: [] }
    for await (const each of redacted(one({ records: conversationsOf(lines), rejects: [] }))) batch = each
    const encoded = encodeConversations(batch.records, encoding)
    const behind = pseudonyms
    pseudonyms = []
    const answer = { encoded, rejects: batch.rejects, evidence: evidence.take(), pseudonyms: behind }
    return { answer, transfer: memoryOf(encoded) }
  }
}

async function* one<T>(batch: Batch<T>): AsyncGenerator<Batch<T>> {
  yield batch
}
