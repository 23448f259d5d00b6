import { toInstant, toRecordId } from '@custody/model'
import type { Candidate } from '../candidate.ts'
import { closedSessionStatus } from '../soql/assumptions.ts'
import { isNotVisible } from '../soql/not-visible.ts'
import { type AskOptions, firstRows, readRows } from '../soql/read-rows.ts'
import { inConditions } from '../soql/soql-text.ts'
import type { NotSeen } from './not-seen.ts'

const object = 'MessagingSession'

type SessionCounts = Pick<Candidate, 'sessions' | 'openSessions' | 'firstSessionAt' | 'lastSessionAt'>

const none: SessionCounts = { sessions: 0, openSessions: 0, firstSessionAt: null, lastSessionAt: null }

/** Counts the sessions of end users. Holds one page at a time. */
export async function readSessionCounts(
  endUserIds: readonly string[],
  options: AskOptions,
): Promise<(endUserId: string) => SessionCounts> {
  const counts = new Map<string, SessionCounts>()
  const fields = ['MessagingEndUserId', 'Status', 'StartTime', 'EndTime']
  for (const where of inConditions('MessagingEndUserId', endUserIds)) {
    for await (const page of readRows({ object, fields, where }, options)) {
      for (const row of page) {
        const id = toRecordId(row.text('MessagingEndUserId')) ?? ''
        const so = counts.get(id) ?? none
        const [start, end] = [toInstant(row.text('StartTime')), toInstant(row.text('EndTime'))]
        counts.set(id, {
          sessions: so.sessions + 1,
          openSessions: so.openSessions + Number(row.text('Status') !== closedSessionStatus),
          firstSessionAt: earlier(so.firstSessionAt, start),
          lastSessionAt: later(so.lastSessionAt, later(start, end)),
        })
      }
    }
  }
  return (endUserId) => counts.get(endUserId) ?? none
}

/** The end users of sessions that are linked to one of the contacts, whatever the end users themselves are linked to. */
export async function endUsersOfSessions(
  contactIds: Iterable<string>,
  options: AskOptions,
  maxRows: number,
  notSeen: Set<NotSeen>,
): Promise<readonly string[]> {
  const conditions = inConditions('EndUserContactId', contactIds)
  try {
    const rows = await firstRows(object, ['MessagingEndUserId'], conditions, maxRows, options)
    if (rows === null) notSeen.add('near-sessions')
    return [...new Set((rows ?? []).map((row) => toRecordId(row.text('MessagingEndUserId'))))].filter(
      (id) => id !== null,
    )
  } catch (error) {
    if (!isNotVisible(error)) throw error
    notSeen.add('session-contacts')
    return []
  }
}

function earlier(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b < a) ? b : a
}

function later(a: string | null, b: string | null): string | null {
  return a === null || (b !== null && b > a) ? b : a
}
