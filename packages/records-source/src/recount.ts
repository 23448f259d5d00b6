import { type OrgClient, soqlString } from '@custody/http'
import type { Conversation } from '@custody/model'
import { CustodyError, type Reject } from '@custody/pipeline'
import { mergeSessions } from './merge-sessions.ts'
import { checkQueryOptions } from './options.ts'
import { readQuery } from './pages.ts'
import type { Query } from './soql.ts'
import { toSessions } from './to-model.ts'
import { isTranscript } from './transcript-row.ts'
import { type SessionRow, sessionType } from './wire.ts'

/** Which org is asked again. */
export interface RecountOptions {
  readonly org: OrgClient
  /** @defaultValue `'66.0'` */
  readonly apiVersion?: string
}

/** Gives the conversation with its sessions as they are now. `onReject` is told of those the org no longer gives. */
export type Recount = (
  conversation: Conversation,
  signal?: AbortSignal,
  onReject?: (reject: Omit<Reject, 'stage'>) => void,
) => Promise<Conversation>

/**
 * Reads the sessions of single conversations again: their counts and their status move while a conversation is open.
 * What was counted before is not taken back.
 *
 * @throws CustodyError `CENSUS_SHORT` when the org announces more sessions than it gives; `CENSUS_RECORD_ID_UNKNOWN`;
 * what the census throws
 */
export function recount(options: RecountOptions): Recount {
  checkQueryOptions('recount', options)
  const { org, apiVersion } = options
  return async (conversation, signal, onReject = () => undefined) => {
    if (isTranscript(conversation.recordId)) return conversation
    const pages = readQuery(sessionsOf(conversation), { org, apiVersion, signal })
    const rows: SessionRow[] = []
    let page = await pages.next()
    for (; !page.done; page = await pages.next()) rows.push(...page.value)
    if (page.value.missing > 0) {
      throw new CustodyError(
        'CENSUS_SHORT',
        `Conversation ${conversation.identifier}: not all its sessions were given.`,
      )
    }
    const merged = mergeSessions(conversation, toSessions(rows))
    merged.rejects.forEach(onReject)
    return merged.conversation
  }
}

function sessionsOf({ recordId, identifier }: Conversation): Query<SessionRow> {
  if (recordId === null) {
    // Not by identifier: SOQL compares strings without regard to case, ids with it.
    throw new CustodyError('CENSUS_RECORD_ID_UNKNOWN', `Conversation ${identifier} has no record id to ask by.`)
  }
  return { type: sessionType, where: `ConversationId = ${soqlString(recordId)}`, orderBy: ['Id'] }
}
