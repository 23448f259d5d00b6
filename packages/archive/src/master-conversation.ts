import type { Conversation } from '@custody/model'

/** What a line of the master tells of a conversation. */
export type MasterConversation = Pick<
  Conversation,
  | 'identifier'
  | 'recordId'
  | 'channelName'
  | 'channelType'
  | 'startTime'
  | 'endTime'
  | 'continuedBefore'
  | 'continuesAfter'
  | 'sessions'
  | 'participants'
  | 'entries'
>

interface MasterLine extends Pick<Conversation, 'sessions' | 'participants' | 'entries'> {
  readonly conversation: Omit<MasterConversation, 'sessions' | 'participants' | 'entries'>
}

/** Of the value of a line that is in the form of its schema, and not one of a conversation that was erased. */
export function masterConversation(line: unknown): MasterConversation {
  const { conversation, sessions, participants, entries } = line as MasterLine
  return { ...conversation, sessions, participants, entries }
}
