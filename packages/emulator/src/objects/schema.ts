import type { Schema } from '../soql/schema.ts'
import type { World } from '../world/world.ts'
import { contactObject } from './contact.ts'
import { contentDocumentLinkObject, contentVersionObject } from './content.ts'
import { conversationObject } from './conversation.ts'
import { conversationParticipantObject } from './conversation-participant.ts'
import { liveChatTranscriptObject } from './live-chat-transcript.ts'
import { messagingChannelObject } from './messaging-channel.ts'
import { messagingEndUserObject } from './messaging-end-user.ts'
import { messagingSessionObject } from './messaging-session.ts'
import { messagingSessionMetricsObject } from './messaging-session-metrics.ts'
import { userObject } from './user.ts'
import { voiceCallObject } from './voice-call.ts'

/** The objects of the org that can be queried: all but those it is said not to have. */
export function createSchema(world: World, executionUsers: number, absent: readonly string[] = []): Schema {
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
  ]
  const missing = new Set(absent.map((name) => name.toLowerCase()))
  const present = objects.filter(({ name }) => !missing.has(name.toLowerCase()))
  return new Map(present.map((object) => [object.name.toLowerCase(), object]))
}
