import { soqlString } from '@custody/http'
import { toJoinKey } from '@custody/model'
import { endUserRole } from '../assumptions.ts'
import type { Blocker } from '../erasure-plan.ts'
import type { HeldSubject } from '../hold.ts'
import { closedSessionStatus, privacyHoldFields, restrictingObjects } from '../soql/assumptions.ts'
import { ifVisible } from '../soql/not-visible.ts'
import { type AskOptions, countRows, type Row, rowsOf } from '../soql/read-rows.ts'
import { inConditions } from '../soql/soql-text.ts'
import type { Target } from '../target.ts'
import type { Control } from './control.ts'
import type { TracedConversation, Traces } from './traces.ts'

/** What the org gives of a target at this moment. */
export interface Look {
  /** `unknown`: neither it nor the control record was found in the same query, so that nothing can be said. */
  readonly presence: 'there' | 'gone' | 'unknown'
  readonly blockers: readonly Blocker[]
  readonly subject: HeldSubject
  readonly traces: Traces
}

/** Looks at one target by SOQL, right before it is deleted or after an answer was lost. Changes nothing. */
export async function look(
  target: Pick<Target, 'kind' | 'id'>,
  control: Control | null,
  asking: AskOptions,
): Promise<Look> {
  const { presence, endUser } = await presenceOf(target, control, asking)
  const sessions = presence === 'there' ? await sessionsOf(target, asking) : []
  const conversations = await conversationsOf(target, sessions, asking)
  const contactIds = [endUser?.text('ContactId'), ...sessions.map((session) => session.text('EndUserContactId'))]
  const endUserIds =
    target.kind === 'end-user' ? [target.id] : sessions.flatMap((session) => session.text('MessagingEndUserId') ?? [])
  const subject: HeldSubject = {
    endUserIds: [...new Set(endUserIds.map(toJoinKey))],
    contactIds: [...new Set(contactIds.flatMap((id) => (id ? [toJoinKey(id)] : [])))],
    conversations: conversations.flatMap(({ identifier }) => identifier ?? []),
    times: sessions.length === 0 ? null : timesOf(sessions),
  }
  return {
    presence,
    blockers: presence === 'there' ? await blockersOf(subject, sessions, asking) : [],
    subject,
    traces: {
      endUserId: target.kind === 'end-user' ? toJoinKey(target.id) : null,
      platformKey: endUser?.text('MessagingPlatformKey') ?? null,
      sessions: sessions.map(({ id }) => toJoinKey(id)),
      conversations,
    },
  }
}

/** One query for the target and the control record: without the latter an empty answer says nothing. */
async function presenceOf(
  { kind, id }: Pick<Target, 'kind' | 'id'>,
  control: Control | null,
  asking: AskOptions,
): Promise<{ readonly presence: Look['presence']; readonly endUser: Row | null }> {
  const ids = [id, ...(control === null ? [] : [kind === 'end-user' ? control.endUserId : control.identifier])]
  if (kind === 'end-user') {
    const fields = ['ContactId', 'MessagingPlatformKey']
    const rows = await rowsOf('MessagingEndUser', fields, inConditions('Id', ids), asking)
    const found = (wanted: string): Row | undefined => rows.find((row) => toJoinKey(row.id) === toJoinKey(wanted))
    const endUser = found(id) ?? null
    if (endUser !== null) return { presence: 'there', endUser }
    return { presence: control !== null && found(control.endUserId) ? 'gone' : 'unknown', endUser }
  }
  const rows = await rowsOf(
    'Conversation',
    ['ConversationIdentifier'],
    inConditions('ConversationIdentifier', ids),
    asking,
  )
  // SOQL compares strings without regard to case; identifiers differ by it.
  const found = (wanted: string): boolean => rows.some((row) => row.text('ConversationIdentifier') === wanted)
  if (found(id)) return { presence: 'there', endUser: null }
  return { presence: control !== null && found(control.identifier) ? 'gone' : 'unknown', endUser: null }
}

const sessionFields = [
  'Status',
  'StartTime',
  'EndTime',
  'MessagingEndUserId',
  'EndUserContactId',
  'ConversationId',
  'Conversation.ConversationIdentifier',
]

async function sessionsOf({ kind, id }: Pick<Target, 'kind' | 'id'>, asking: AskOptions): Promise<readonly Row[]> {
  const field = kind === 'end-user' ? 'MessagingEndUserId' : 'Conversation.ConversationIdentifier'
  const rows = await rowsOf('MessagingSession', sessionFields, [`${field} = ${soqlString(id)}`], asking)
  return kind === 'end-user' ? rows : rows.filter((row) => row.text('Conversation.ConversationIdentifier') === id)
}

async function conversationsOf(
  target: Pick<Target, 'kind' | 'id'>,
  sessions: readonly Row[],
  asking: AskOptions,
): Promise<readonly TracedConversation[]> {
  const known = new Map<string, string | null>()
  for (const session of sessions) {
    const recordId = session.text('ConversationId')
    if (recordId !== null) known.set(toJoinKey(recordId), session.text('Conversation.ConversationIdentifier'))
  }
  if (target.kind === 'conversation') {
    return [...known].map(([recordId, identifier]) => ({ recordId, identifier, isShared: false }))
  }
  const fields = ['ConversationId', 'ParticipantEntityId', 'ParticipantRole', 'Conversation.ConversationIdentifier']
  const own = toJoinKey(target.id)
  // A guest in somebody else's conversation has no session there.
  const asGuest =
    (await ifVisible(
      rowsOf('ConversationParticipant', fields, [`ParticipantEntityId = ${soqlString(target.id)}`], asking),
    )) ?? []
  for (const row of asGuest) {
    const recordId = row.text('ConversationId')
    if (recordId !== null) known.set(toJoinKey(recordId), row.text('Conversation.ConversationIdentifier'))
  }
  const everybody =
    (await ifVisible(
      rowsOf('ConversationParticipant', fields, inConditions('ConversationId', known.keys()), asking),
    )) ?? []
  const shared = new Set(
    everybody.flatMap((row) => {
      const [conversation, entity] = [row.text('ConversationId'), row.text('ParticipantEntityId')]
      const isOther = row.text('ParticipantRole') === endUserRole && entity !== null && toJoinKey(entity) !== own
      return conversation !== null && isOther ? [toJoinKey(conversation)] : []
    }),
  )
  return [...known].map(([recordId, identifier]) => ({ recordId, identifier, isShared: shared.has(recordId) }))
}

/** An absent end is one that is not known: it may be now. */
function timesOf(sessions: readonly Row[]): HeldSubject['times'] {
  const times = sessions.map((session) => ({ from: session.text('StartTime'), to: session.text('EndTime') }))
  if (times.some(({ from }) => from === null)) return null
  return times.map(({ from, to }) => ({ from: from as string, to: to ?? '9999-12-31T00:00:00.000Z' }))
}

/** What Salesforce has against it, in the order in which it is told. */
async function blockersOf(
  { endUserIds, contactIds }: HeldSubject,
  sessions: readonly Row[],
  asking: AskOptions,
): Promise<readonly Blocker[]> {
  const open = sessions.filter((session) => session.text('Status') !== closedSessionStatus).length
  const holdIds = await privacyHolds([...endUserIds, ...contactIds, ...sessions.map((row) => row.id)], asking)
  const restricting = await restrictingChildren(
    sessions.map((row) => row.id),
    asking,
  )
  return [
    ...holdIds.map((detail) => ({ code: 'privacy-hold' as const, detail })),
    ...(open > 0 ? [{ code: 'open-session' as const, detail: String(open) }] : []),
    ...(restricting === null ? [] : [{ code: 'restricted-children' as const, detail: restricting }]),
  ]
}

async function privacyHolds(ids: readonly string[], asking: AskOptions): Promise<readonly string[]> {
  const { object, record, isActive, endDate } = privacyHoldFields
  const conditions = inConditions(record, ids).map((condition) => `${condition} AND ${isActive} = TRUE`)
  const rows = (await ifVisible(rowsOf(object, [endDate], conditions, asking))) ?? []
  return rows.map((row) => row.id)
}

async function restrictingChildren(sessions: readonly string[], asking: AskOptions): Promise<string | null> {
  if (sessions.length === 0) return null
  for (const object of restrictingObjects) {
    const count = await ifVisible(countRows(object, inConditions('EngagementId', sessions), asking))
    if (count !== null && count > 0) return `${object}:${count}`
  }
  return null
}
