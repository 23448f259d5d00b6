import type { EntryContext, Payload } from './entry-context.ts'
import { eventPayload } from './event-payload.ts'
import { messagePayload } from './message-payload.ts'

/** The entry at a step, written out. */
export function payloadOf(context: EntryContext): Payload {
  const message = messagePayload(context)
  return message ? { entryType: 'Message', ...message } : eventPayload(context)
}
