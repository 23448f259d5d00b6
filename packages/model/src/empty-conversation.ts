import type { Conversation } from './conversation.ts'

/** A conversation of which nothing is known but its name: what others know of it is put in the place of its fields. */
export function emptyConversation(identifier: string): Conversation {
  return {
    identifier,
    recordId: null,
    channelName: null,
    channelType: null,
    startTime: null,
    endTime: null,
    continuedBefore: false,
    continuesAfter: false,
    sessions: [],
    participants: [],
    endUsers: [],
    entries: [],
    delivered: null,
    reconciliation: null,
    witnesses: [],
    redactions: [],
  }
}
