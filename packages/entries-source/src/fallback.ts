import type { Conversation } from '@custody/model'
import { CustodyError, type Reject } from '@custody/pipeline'
import type { Failure } from './failure.ts'
import type { ReadEntries, Reader } from './reader.ts'

/**
 * A reader that has a conversation read by another way when the first cannot. Each time is told by a reject within the
 * conversation, so that nothing becomes poorer unseen.
 *
 * What ends the run by the first way ends it still. By the other way only what is neither about the conversation nor about
 * an answer does: signing in, a wrong option, an abort. Otherwise the conversation is refused, as it would be without.
 */
export function withFallback(read: Reader, fallback: ReadEntries): Reader {
  return async (conversation, signal) => {
    const outcome = await read(conversation, signal)
    if (!('failure' in outcome)) return outcome
    const { failure, requests } = outcome
    const rejects: Omit<Reject, 'stage'>[] = []
    try {
      const found = await fallback(conversation, signal, (reject) => rejects.push(reject))
      return { conversation: counting(found, requests), rejects: [byFallback(conversation, failure), ...rejects] }
    } catch (error) {
      signal.throwIfAborted()
      if (!CustodyError.isInstance(error) || (error.kind !== 'failure' && error.kind !== 'not-found')) throw error
      const message = `${failure.message} The fallback could not have it either (${error.code}).`
      return { failure: { ...failure, message }, requests }
    }
  }
}

function byFallback({ identifier }: Conversation, { code, message }: Failure): Omit<Reject, 'stage'> {
  const subject = { type: 'Conversation', id: identifier }
  return {
    code: 'ENTRIES_BY_FALLBACK',
    subject,
    within: subject,
    message: `It was read by the fallback, which may give less. The first way failed with ${code}: ${message}`,
  }
}

/** The requests that led nowhere took their part of the limits too. */
function counting(conversation: Conversation, requests: number): Conversation {
  const { delivered } = conversation
  return delivered
    ? { ...conversation, delivered: { ...delivered, requests: delivered.requests + requests } }
    : conversation
}
