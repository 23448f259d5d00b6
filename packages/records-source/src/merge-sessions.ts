import type { Conversation, Session } from '@custody/model'
import type { Reject } from '@custody/pipeline'
import { sortSessions } from './to-model.ts'

/** The conversation after its sessions were read again, and what the org no longer gives of it. */
export interface Merged {
  readonly conversation: Conversation
  readonly rejects: readonly Omit<Reject, 'stage'>[]
}

/**
 * Joins the sessions as they were counted with those of now. Pure.
 *
 * What was counted once is not taken back: a session that is given no longer stays and is recorded, and of two counts the
 * larger stands. Otherwise a second look could hide messages that the first one saw.
 */
export function mergeSessions(conversation: Conversation, now: readonly Session[]): Merged {
  const known = new Map(conversation.sessions.map((session) => [session.recordId, session]))
  const given = new Set(now.map(({ recordId }) => recordId))
  const vanished = conversation.sessions.filter(({ recordId }) => !given.has(recordId))
  const current = now.map((session) => {
    const before = known.get(session.recordId)
    return before === undefined
      ? session
      : {
          ...session,
          agentMessageCount: larger(before.agentMessageCount, session.agentMessageCount),
          endUserMessageCount: larger(before.endUserMessageCount, session.endUserMessageCount),
        }
  })
  return {
    conversation: { ...conversation, sessions: sortSessions([...current, ...vanished]) },
    rejects: vanished.map(({ recordId }) => ({
      code: 'SESSION_VANISHED',
      subject: { type: 'MessagingSession', id: recordId },
      within: { type: 'Conversation', id: conversation.identifier },
      message: 'The org no longer gives it out; what it counted before still stands.',
    })),
  }
}

/** An absent count says nothing. */
function larger(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b
  return Math.max(a, b)
}
