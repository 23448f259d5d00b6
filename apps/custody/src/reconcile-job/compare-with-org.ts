import type { ArchivedConversation } from '@custody/archive'
import type { Conversation, Session } from '@custody/model'

/**
 * - `NOT_ARCHIVED`: the org names it now, and the archive does not.
 * - `NOT_IN_ORG`: the archive has it, and the org no longer names it.
 * - `COUNTS_DIFFER`: the org counts other numbers of messages now than were archived.
 * - `NOT_PROVEN`: the archive itself said that it is not all there, or that nobody could tell; and counts cannot settle that.
 */
export type DriftCode = 'NOT_ARCHIVED' | 'NOT_IN_ORG' | 'COUNTS_DIFFER' | 'NOT_PROVEN'

/** A conversation on which an archive and the org disagree. */
export interface Drift {
  readonly code: DriftCode
  readonly identifier: string
  /** Agent and end-user messages as archived. */
  readonly archived: Counts | null
  /** The same by the org's own records now. */
  readonly inOrg: Counts | null
}

export interface Counts {
  readonly agent: number
  readonly endUser: number
}

/** What counts that agree by now prove: only what was about counts. */
const settledByCounts: readonly (string | null)[] = [
  null,
  'fewer-than-census',
  'more-than-census',
  'roles-differ',
  'session-open',
  'session-without-count',
  'asking-again-failed',
]

/** Compares an archive with the census of now. Holds one small record for each conversation of the archive. */
export class OrgComparison {
  readonly #archived = new Map<string, ArchivedConversation>()

  addArchived(conversation: ArchivedConversation): void {
    if (conversation.identifier !== null) this.#archived.set(conversation.identifier, conversation)
  }

  /** Whether chats of the legacy product are among them: they are named by their record. */
  get hasLegacyChats(): boolean {
    return this.#archived.keys().some((identifier) => /^570[A-Za-z0-9]{15}$/.test(identifier))
  }

  get conversations(): number {
    return this.#archived.size
  }

  /** What is to be said about one conversation of the census; null where both agree. */
  compare({ identifier, sessions }: Conversation): Drift | null {
    const known = this.#archived.get(identifier)
    const inOrg = countsOf(sessions)
    if (!known) return { code: 'NOT_ARCHIVED', identifier, archived: null, inOrg }
    this.#archived.delete(identifier)
    const archived = archivedCounts(known)
    const drift = { identifier, archived, inOrg }
    if (!known.archived && known.verdict !== 'excluded') return { code: 'NOT_ARCHIVED', ...drift }
    if (archived && inOrg) {
      const agree = archived.agent === inOrg.agent && archived.endUser === inOrg.endUser
      if (!agree) return { code: 'COUNTS_DIFFER', ...drift }
      if (settledByCounts.includes(known.reason)) return null
    }
    return known.verdict === 'matched' || known.verdict === 'excluded' ? null : { code: 'NOT_PROVEN', ...drift }
  }

  /** After the last {@link compare}: what the org no longer names. */
  *rest(): Generator<Drift> {
    for (const [identifier, known] of this.#archived) {
      yield { code: 'NOT_IN_ORG', identifier, archived: archivedCounts(known), inOrg: null }
    }
  }
}

function archivedCounts({ deliveredAgentMessages, deliveredEndUserMessages }: ArchivedConversation): Counts | null {
  if (deliveredAgentMessages === null || deliveredEndUserMessages === null) return null
  return { agent: deliveredAgentMessages, endUser: deliveredEndUserMessages }
}

/** Null where a session gives no count: part of a count proves nothing. */
function countsOf(sessions: readonly Session[]): Counts | null {
  let agent = 0
  let endUser = 0
  for (const { agentMessageCount, endUserMessageCount } of sessions) {
    if (agentMessageCount === null || endUserMessageCount === null) return null
    agent += agentMessageCount
    endUser += endUserMessageCount
  }
  return sessions.length === 0 ? null : { agent, endUser }
}
