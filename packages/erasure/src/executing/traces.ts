import { z } from 'zod'

/** What a deletion has to leave nothing of. It can only be asked for before the deletion; kept sealed until the request is closed. */
export interface Traces {
  /** `MessagingEndUser.Id`; null for a conversation. */
  readonly endUserId: string | null
  readonly platformKey: string | null
  /** `MessagingSession.Id`, 18 characters. */
  readonly sessions: readonly string[]
  readonly conversations: readonly TracedConversation[]
}

/** A conversation that leads to a person; shared, where others took part too. */
export interface TracedConversation {
  readonly recordId: string
  /** Null where SOQL gives none: then no API can be asked for its entries. */
  readonly identifier: string | null
  /** Whether somebody else takes part as an end user: what they wrote stays. */
  readonly isShared: boolean
}

const schema = z.object({
  endUserId: z.string().nullable(),
  platformKey: z.string().nullable(),
  sessions: z.array(z.string()),
  conversations: z.array(z.object({ recordId: z.string(), identifier: z.string().nullable(), isShared: z.boolean() })),
})

export function traceBytes(traces: Traces): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(traces))
}

/** Null for what cannot be read. */
export function readTraces(bytes: Uint8Array | null): Traces | null {
  if (bytes === null) return null
  try {
    return schema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data ?? null
  } catch {
    return null
  }
}

/** What was known before and what is known now: an earlier call may have taken part of it. */
export function mergeTraces(before: Traces | null, now: Traces): Traces {
  if (before === null) return now
  const conversations = new Map([...before.conversations, ...now.conversations].map((one) => [one.recordId, one]))
  return {
    endUserId: now.endUserId ?? before.endUserId,
    platformKey: now.platformKey ?? before.platformKey,
    sessions: [...new Set([...before.sessions, ...now.sessions])],
    conversations: [...conversations.values()],
  }
}
