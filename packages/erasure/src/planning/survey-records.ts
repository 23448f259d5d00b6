import { toInstant, toRecordId } from '@custody/model'
import { closedSessionStatus } from '../soql/assumptions.ts'
import { ifVisible } from '../soql/not-visible.ts'
import { type AskOptions, type Row, readRows, rowsOf } from '../soql/read-rows.ts'
import { inConditions } from '../soql/soql-text.ts'
import type { TargetDraft } from './target-draft.ts'
import type { ConversationFacts, SurveyGap } from './target-facts.ts'

/** A draft and whose it is. */
export interface RequestDraft {
  readonly draft: TargetDraft
  readonly request: string
}

const conversation = 'Conversation.ConversationIdentifier'

export async function readEndUsers(drafts: readonly TargetDraft[], options: AskOptions): Promise<void> {
  const byId = Map.groupBy(drafts, ({ target }) => target.id)
  const rows = await rowsOf('MessagingEndUser', ['ContactId'], inConditions('Id', byId.keys()), options)
  for (const row of rows) {
    const id = toRecordId(row.id) ?? row.id
    const contactId = toRecordId(row.text('ContactId'))
    for (const draft of byId.get(id) ?? []) {
      draft.recordId = id
      if (contactId !== null) draft.contactIds.add(contactId)
    }
  }
}

/** Conversations that are targets themselves, by their identifiers. */
export async function readConversations(drafts: readonly TargetDraft[], options: AskOptions): Promise<void> {
  const byIdentifier = Map.groupBy(drafts, ({ target }) => target.id)
  const fields = ['ConversationIdentifier', 'StartTime', 'EndTime']
  const conditions = inConditions('ConversationIdentifier', byIdentifier.keys())
  for (const row of await rowsOf('Conversation', fields, conditions, options)) {
    const recordId = toRecordId(row.id) ?? row.id
    const identifier = row.text('ConversationIdentifier')
    // SOQL compares without regard to case: what differs in it is another one.
    for (const draft of byIdentifier.get(identifier ?? '') ?? []) {
      draft.recordId = recordId
      draft.addConversation({ recordId, identifier, ...timesOf(row) })
    }
  }
}

/**
 * Who takes part: where end users have a part without a session of their own, and in which conversations there is somebody else.
 * Sessions tell the rest, see {@link readSessions}.
 */
export async function readParticipants(
  drafts: readonly RequestDraft[],
  options: AskOptions,
  notSeen: Set<SurveyGap>,
): Promise<void> {
  const object = 'ConversationParticipant'
  const byEndUser = Map.groupBy(people(drafts), ({ draft }) => draft.target.id)
  const fields = [
    'ConversationId',
    'ParticipantEntityId',
    conversation,
    'Conversation.StartTime',
    'Conversation.EndTime',
  ]
  const own = await ifVisible(rowsOf(object, fields, inConditions('ParticipantEntityId', byEndUser.keys()), options))
  if (own === null) {
    notSeen.add('participants-not-visible')
    for (const { draft } of drafts) draft.participants = null
    return
  }
  for (const row of own) {
    const recordId = toRecordId(row.text('ConversationId'))
    for (const { draft } of byEndUser.get(toRecordId(row.text('ParticipantEntityId')) ?? '') ?? []) {
      draft.participants = (draft.participants ?? 0) + 1
      if (recordId !== null) draft.addConversation(partOf(recordId, row))
    }
  }
}

export async function readVoiceCalls(
  drafts: readonly TargetDraft[],
  options: AskOptions,
  notSeen: Set<SurveyGap>,
): Promise<void> {
  const object = 'VoiceCall'
  const isPerson = ({ target }: TargetDraft): boolean => target.kind === 'end-user'
  const byEndUser = Map.groupBy(drafts.filter(isPerson), ({ target }) => target.id)
  const byConversation = Map.groupBy(
    drafts.filter((draft) => !isPerson(draft)),
    ({ recordId }) => recordId ?? '',
  )
  byConversation.delete('')
  const fields = ['EndUserId', 'ConversationId', 'CallStartDateTime', 'CallEndDateTime', conversation]
  const conditions = [
    ...inConditions('EndUserId', byEndUser.keys()),
    ...inConditions('ConversationId', byConversation.keys()),
  ]
  const rows = await ifVisible(rowsOf(object, fields, conditions, options))
  if (rows === null) {
    notSeen.add('voice-calls-not-visible')
    for (const draft of drafts) draft.voiceCalls = null
    return
  }
  for (const row of rows) {
    const recordId = toRecordId(row.text('ConversationId'))
    const times = { from: toInstant(row.text('CallStartDateTime')), to: toInstant(row.text('CallEndDateTime')) }
    for (const draft of byEndUser.get(toRecordId(row.text('EndUserId')) ?? '') ?? []) {
      draft.voiceCalls = (draft.voiceCalls ?? 0) + 1
      if (recordId === null) draft.otherTimes.push(times)
      else draft.addConversation({ recordId, identifier: row.text(conversation), ...times })
    }
    for (const draft of byConversation.get(recordId ?? '') ?? []) draft.voiceCalls = (draft.voiceCalls ?? 0) + 1
  }
}

const sessionFields = [
  'MessagingEndUserId',
  'EndUserContactId',
  'ConversationId',
  'Status',
  'StartTime',
  'EndTime',
  'AgentMessageCount',
  'EndUserMessageCount',
  conversation,
]

/** The targets' own sessions; then who else is in their conversations. */
export async function readSessions(drafts: readonly RequestDraft[], options: AskOptions): Promise<void> {
  const object = 'MessagingSession'
  const byEndUser = Map.groupBy(people(drafts), ({ draft }) => draft.target.id)
  for (const where of inConditions('MessagingEndUserId', byEndUser.keys())) {
    for await (const page of readRows({ object, fields: sessionFields, where }, options)) {
      for (const row of page) {
        for (const { draft } of byEndUser.get(toRecordId(row.text('MessagingEndUserId')) ?? '') ?? [])
          addSession(draft, row)
      }
    }
  }
  const inConversation = Map.groupBy(
    drafts.flatMap((each) => [...each.draft.conversations.keys()].map((recordId) => ({ ...each, recordId }))),
    ({ recordId }) => recordId,
  )
  const own = Map.groupBy(people(drafts), ({ request }) => request)
  const isOthers = (request: string, endUserId: string): boolean =>
    !(own.get(request) ?? []).some(({ draft }) => draft.target.id === endUserId)
  const tell = (recordId: string, endUserId: string): void => {
    for (const { draft, request } of inConversation.get(recordId) ?? []) {
      if (draft.target.kind === 'conversation') draft.endUserIds.add(endUserId)
      else if (isOthers(request, endUserId)) draft.shared.add(recordId)
      if (draft.target.kind === 'conversation' && draft.endUserIds.size > 1) draft.shared.add(recordId)
    }
  }
  for (const where of inConditions('ConversationId', inConversation.keys())) {
    for await (const page of readRows({ object, fields: sessionFields, where }, options)) {
      for (const row of page) {
        const recordId = toRecordId(row.text('ConversationId')) ?? ''
        const endUserId = toRecordId(row.text('MessagingEndUserId'))
        if (endUserId !== null) tell(recordId, endUserId)
        for (const { draft } of inConversation.get(recordId) ?? []) {
          if (draft.target.kind === 'conversation') addSession(draft, row)
        }
      }
    }
  }
  await readOthers([...inConversation.keys()], tell, drafts, inConversation, options)
}

/** End users among the participants of conversations: a guest need not have a session. */
async function readOthers(
  recordIds: readonly string[],
  tell: (recordId: string, endUserId: string) => void,
  drafts: readonly RequestDraft[],
  inConversation: ReadonlyMap<string, readonly RequestDraft[]>,
  options: AskOptions,
): Promise<void> {
  // Known by now: see readParticipants.
  if (drafts.some(({ draft }) => draft.participants === null)) return
  const asked = { object: 'ConversationParticipant', fields: ['ConversationId', 'ParticipantEntityId'] }
  for (const where of inConditions('ConversationId', recordIds)) {
    for await (const page of readRows({ ...asked, where }, options)) {
      for (const row of page) {
        const recordId = toRecordId(row.text('ConversationId')) ?? ''
        const entityId = toRecordId(row.text('ParticipantEntityId'))
        if (entityId?.startsWith(endUserPrefix)) tell(recordId, entityId)
        for (const { draft } of inConversation.get(recordId) ?? []) {
          if (draft.target.kind === 'conversation') draft.participants = (draft.participants ?? 0) + 1
        }
      }
    }
  }
}

const endUserPrefix = '0PA'

function people(drafts: readonly RequestDraft[]): readonly RequestDraft[] {
  return drafts.filter(({ draft }) => draft.target.kind === 'end-user')
}

function addSession(draft: TargetDraft, row: Row): void {
  const contactId = toRecordId(row.text('EndUserContactId'))
  const recordId = toRecordId(row.text('ConversationId'))
  const counts = [row.number('AgentMessageCount'), row.number('EndUserMessageCount')]
  draft.sessionIds.add(toRecordId(row.id) ?? row.id)
  if (contactId !== null) draft.contactIds.add(contactId)
  draft.openSessions += Number(row.text('Status') !== closedSessionStatus)
  for (const count of counts) {
    draft.messages = draft.messages === null || count === null ? null : draft.messages + count
  }
  if (recordId === null) draft.otherTimes.push(timesOf(row))
  else draft.addConversation({ recordId, identifier: row.text(conversation), ...timesOf(row) })
}

function partOf(recordId: string, row: Row): ConversationFacts {
  return { recordId, identifier: row.text(conversation), ...timesOf(row, 'Conversation.') }
}

function timesOf(row: Row, parent = ''): { readonly from: string | null; readonly to: string | null } {
  return { from: toInstant(row.text(`${parent}StartTime`)), to: toInstant(row.text(`${parent}EndTime`)) }
}
