import { soqlString } from '@custody/http'
import { toJoinKey } from '@custody/model'
import { closedSessionStatus } from '../soql/assumptions.ts'
import { type AskOptions, readRows } from '../soql/read-rows.ts'

/** A record that nobody deletes, and that therefore has to be found wherever a deleted one is looked for. */
export interface Control {
  /** `MessagingEndUser.Id`. */
  readonly endUserId: string
  /** `MessagingSession.Id`. */
  readonly sessionId: string
  /** `Conversation.Id` and its identifier. It has messages. */
  readonly conversationId: string
  readonly identifier: string
}

/**
 * Picks a control record: the conversation of somebody whom no request is about, ended long ago so that every source shows it. Null
 * where the org shows none.
 */
export async function findControl(
  avoid: { readonly endUsers: ReadonlySet<string>; readonly conversations: ReadonlySet<string> },
  endedBefore: string,
  asking: AskOptions,
): Promise<Control | null> {
  const fields = [
    'MessagingEndUserId',
    'ConversationId',
    'Conversation.ConversationIdentifier',
    'AgentMessageCount',
    'EndUserMessageCount',
  ]
  const where = `Status = ${soqlString(closedSessionStatus)} AND EndTime < ${endedBefore}`
  for await (const page of readRows({ object: 'MessagingSession', fields, where }, asking)) {
    for (const row of page) {
      const [endUserId, conversationId] = [row.text('MessagingEndUserId'), row.text('ConversationId')]
      const identifier = row.text('Conversation.ConversationIdentifier')
      if (endUserId === null || conversationId === null || identifier === null) continue
      // Of both sides: a source that gives out text alone gives some of it for certain.
      if ([row.number('AgentMessageCount'), row.number('EndUserMessageCount')].some((count) => (count ?? 0) < 2))
        continue
      if (avoid.endUsers.has(toJoinKey(endUserId)) || avoid.conversations.has(identifier)) continue
      return {
        endUserId: toJoinKey(endUserId),
        sessionId: toJoinKey(row.id),
        conversationId: toJoinKey(conversationId),
        identifier,
      }
    }
  }
  return null
}
