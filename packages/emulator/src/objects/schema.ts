import type { Schema } from '../soql/schema.ts'
import type { World } from '../world/world.ts'
import { contactObject } from './contact.ts'
import { conversationObject } from './conversation.ts'
import { conversationParticipantObject } from './conversation-participant.ts'
import { messagingChannelObject } from './messaging-channel.ts'
import { messagingEndUserObject } from './messaging-end-user.ts'
import { messagingSessionObject } from './messaging-session.ts'
import { userObject } from './user.ts'

/** The objects of the org that can be queried. */
export function createSchema(world: World, executionUsers: number): Schema {
  const objects = [
    conversationObject(world),
    messagingSessionObject(world),
    messagingEndUserObject(world),
    conversationParticipantObject(world),
    messagingChannelObject(world),
    contactObject(world),
    userObject(world, executionUsers),
  ]
  return new Map(objects.map((object) => [object.name.toLowerCase(), object]))
}
