/*
 * What is believed about deleting where no document at hand says so. Running and confirming guess nowhere else; what finding and planning
 * believe about records stands in soql/assumptions.ts.
 */
import type { TargetKind } from './target.ts'

/** How the Conversation Data API is asked to delete, and how its log words the end. */
export interface DeletionWire {
  /** Documented. */
  readonly paths: Readonly<Record<TargetKind, string>>
  readonly idsIn: 'query' | 'body'
  /** Under which name ids are passed. */
  readonly parameters: Readonly<Record<TargetKind, string>>
  /** By what a conversation is named. */
  readonly conversationsBy: 'identifier' | 'record-id'
  /** The words of `ConversationApiLog.Status` for an end. Any other word is one of a deletion under way. */
  readonly doneStatuses: readonly string[]
  readonly failedStatuses: readonly string[]
}

/** The deletion API as it is documented, and as it is assumed where it is not. */
export const defaultDeletionWire: DeletionWire = {
  paths: {
    'end-user': '/platform/engagement/v1.0/conversation-participants',
    conversation: '/platform/engagement/v1.0/conversations',
  },
  // assumption: ids stand in the query of a DELETE; documented is neither this nor another place.
  idsIn: 'query',
  // assumption: after the operations deleteConversationParticipantsByParticipantEntityId and deleteConversationsById.
  parameters: { 'end-user': 'participantEntityIds', conversation: 'conversationIds' },
  // assumption: the API names a conversation by its identifier, as in conversation-entries.
  conversationsBy: 'identifier',
  // assumption: documented are REQUESTED and ENQUEUED alone. These are compared without regard to case.
  doneStatuses: ['COMPLETED', 'COMPLETE', 'SUCCESS', 'SUCCEEDED', 'DONE'],
  failedStatuses: ['FAILED', 'FAILURE', 'ERROR', 'CANCELED', 'CANCELLED'],
}

/** Documented: requests of one execution user in an hour, for each of the two. */
export const deletesPerHour = 10

/** Documented, Connect REST API Developer Guide: `PATCH` of a conversation's entries, with the texts under `conversationEntriesUpdates`. */
export const maskingWire = {
  path: (apiVersion: string, conversation: string): string =>
    `/services/data/v${apiVersion}/connect/conversation/${encodeURIComponent(conversation)}/entries`,
  updates: 'conversationEntriesUpdates',
  identifier: 'identifier',
  text: 'messageText',
  /** Both requests of the resource count against one limit. */
  endpoint: 'connect',
  // assumption: so many texts may stand in one request; how many is not documented.
  textsPerRequest: 100,
} as const

/** The names under which the limits of the two count. */
export const deletionEndpoints: Readonly<Record<TargetKind, string>> = {
  'end-user': 'delete-participants',
  conversation: 'delete-conversations',
}

/** The row of what was asked for. The object is documented; that it may be asked by the record's id of 15 characters is how its field reads. */
export const logObject = 'ConversationApiLog'
export const logFields = {
  status: 'Status',
  requestedId: 'RequestedEntityIdentifier',
  requestedAt: 'RequestedDate',
} as const

/** assumption: a request whose answer was lost shows in the log, or in what is gone, after this time, or was never carried out. */
export const settleMs = 120_000

/** assumption: the clocks of this machine and of Salesforce differ by less than this. */
export const clockSkewMs = 900_000

/** assumption: an hour that Salesforce counts as used up without saying until when goes on for this long at most. */
export const busyPauseMs = 900_000

/** assumption: a role of `ConversationParticipant` that is an end user's. */
export const endUserRole = 'EndUser'
