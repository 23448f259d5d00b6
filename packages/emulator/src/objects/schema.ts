import type { Clock } from '@custody/pipeline'
import type { Absence } from '../deletion/absence.ts'
import type { Deletions } from '../deletion/deletions.ts'
import type { Schema, SchemaObject } from '../soql/schema.ts'
import type { World } from '../world/world.ts'
import { contactObject } from './contact.ts'
import { contentDocumentLinkObject, contentVersionObject } from './content.ts'
import { conversationObject } from './conversation.ts'
import { conversationApiLogObject } from './conversation-api-log.ts'
import { conversationParticipantObject } from './conversation-participant.ts'
import { engagementAttendeeObject } from './engagement-attendee.ts'
import { liveChatTranscriptObject } from './live-chat-transcript.ts'
import { messagingChannelObject } from './messaging-channel.ts'
import { messagingEndUserObject } from './messaging-end-user.ts'
import { messagingSessionObject } from './messaging-session.ts'
import { messagingSessionMetricsObject } from './messaging-session-metrics.ts'
import { organizationObject } from './organization.ts'
import { presentRows } from './present-rows.ts'
import { privacyHoldObject } from './privacy-hold.ts'
import { userObject } from './user.ts'
import { userPermissionAccessObject } from './user-permission-access.ts'
import { voiceCallObject } from './voice-call.ts'

/** What the execution users may see and do. */
export interface Visibility {
  readonly absentObjects: readonly string[]
  readonly hiddenFields: readonly string[]
  readonly permissions: readonly string[]
}

/** What of a running org its objects are made from besides the world. */
export interface SchemaSources {
  readonly executionUsers: number
  readonly clock: Clock
  readonly deletions: Deletions
  /** What whoever asks no longer sees. @defaultValue what deletion took out of the records */
  readonly absent?: () => Absence
}

/** The objects of the org that can be queried: all but those it is said not to have, without what was deleted. */
export function createSchema(world: World, sources: SchemaSources, visibility?: Partial<Visibility>): Schema {
  const { executionUsers, clock, deletions, absent = () => deletions.absent('records') } = sources
  const { absentObjects = [], hiddenFields = [], permissions = [] } = visibility ?? {}
  const { privacyHolds, restricted } = deletions.switches
  const sessions = messagingSessionObject(world)
  const objects = [
    conversationObject(world),
    sessions,
    messagingEndUserObject(world),
    conversationParticipantObject(world),
    messagingChannelObject(world),
    contactObject(world),
    userObject(world, executionUsers),
    voiceCallObject(world),
    liveChatTranscriptObject(world),
    messagingSessionMetricsObject(world, sessions),
    contentVersionObject(world),
    contentDocumentLinkObject(world),
    userPermissionAccessObject(permissions),
    organizationObject(world, () => deletions.switches.governmentCloud),
    conversationApiLogObject(deletions, clock),
    ...(restricted.length > 0 ? [engagementAttendeeObject(world, restricted)] : []),
    ...(privacyHolds ? [privacyHoldObject(world, privacyHolds)] : []),
  ].map((object) => presentRows(world, { deletions, absent }, object))
  const missing = new Set(absentObjects.map((name) => name.toLowerCase()))
  const present = objects.filter(({ name }) => !missing.has(name.toLowerCase()))
  return new Map(present.map((object) => [object.name.toLowerCase(), withoutFields(object, hiddenFields)]))
}

function withoutFields(object: SchemaObject, hidden: readonly string[]): SchemaObject {
  const names = new Set(hidden.map((name) => name.toLowerCase()))
  const isShown = (field: string): boolean => !names.has(`${object.name.toLowerCase()}.${field}`)
  return { ...object, fields: new Map([...object.fields].filter(([name]) => isShown(name))) }
}
