import { type Conversation, emptyConversation, type Instant, toInstant, toJoinKey, toRecordId } from '@custody/model'
import type { Reject } from '@custody/pipeline'
import { classicOffset, legacyChat } from './assumptions.ts'

type Fields = Readonly<Record<string, string>>

/**
 * A `LiveChatTranscript` as a conversation of one entry: what was said stands in its Body as one text, which is kept as it is.
 * Who said which line of it is not guessed. Pure.
 */
export function toLegacyChat(
  fields: Fields,
): { readonly conversation: Conversation; readonly sentAt: Instant } | Omit<Reject, 'stage'> {
  const id = toRecordId(fields['Id'])
  const subject = { type: legacyChat.object, id }
  if (id === null) return { code: 'ROW_MALFORMED', subject, message: 'It has no record id.' }
  const sentAt = legacyChat.times.map((name) => instant(fields[name])).find((time) => time !== null)
  if (!sentAt) {
    return { code: 'ROW_WITHOUT_TIMESTAMP', subject, message: 'It has no usable time, so no window holds it.' }
  }
  const references = legacyChat.references.flatMap((name) => fields[name] || []).map(toJoinKey)
  return {
    sentAt,
    conversation: {
      ...emptyConversation(id),
      startTime: instant(fields['StartTime']),
      endTime: instant(fields['EndTime']),
      entries: [
        {
          entryId: id,
          sentAt,
          clientAt: null,
          kind: 'other',
          entryType: legacyChat.object,
          sender: { role: 'other', appType: null, subject: null, displayName: null },
          text: fields['Body'] || null,
          content: null,
          relatedRecords: [...new Set(references)],
          source: 'transcript-export',
          payload: fields,
          extra: null,
        },
      ],
      delivered: {
        source: 'transcript-export',
        entries: 1,
        entriesInWindow: 1,
        agentMessages: 0,
        endUserMessages: 0,
        requests: 0,
      },
    },
  }
}

function instant(value: string | undefined): Instant | null {
  return toInstant(value) ?? (value ? toInstant(`${value}${classicOffset}`) : null)
}
