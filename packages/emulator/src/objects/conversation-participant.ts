import { recordNumber } from '../ids.ts'
import type { SchemaObject } from '../soql/schema.ts'
import type { Outline } from '../world/outline.ts'
import { appTypeOf, subjectOf } from '../world/participants.ts'
import type { WireRole } from '../world/script.ts'
import { bot } from '../world/staff.ts'
import type { World } from '../world/world.ts'
import { byId, fieldsOf, idOf, idRange, parentsOf } from './fields.ts'
import { stillOpen } from './session-state.ts'

const perConversation = 8

/** Somebody who takes part, as the org lists them. */
export interface Member {
  readonly role: WireRole
  readonly displayName: string
  readonly entityId: string | null
  readonly session: number
  /** Not the person the conversation is with but its guest. */
  readonly byGuest?: true
}

/** Rows are eight to a conversation: the end user, the agents, the bot, another end user. */
export function conversationParticipantObject(world: World): SchemaObject {
  const bound = world.conversations * perConversation
  const outlineOf = (row: number): Outline => world.outline(Math.floor(row / perConversation))
  const membersOf = (index: number): readonly Member[] => members(world, world.outline(index))
  const memberOf = (row: number): Member =>
    membersOf(Math.floor(row / perConversation))[row % perConversation] as Member
  const exists = (row: number): boolean =>
    row < bound && row % perConversation < membersOf(Math.floor(row / perConversation)).length
  const rowsOf = (index: number): number[] => membersOf(index).map((_, m) => index * perConversation + m)

  function* rows(first: number, end: number): Iterable<number> {
    for (let index = Math.floor(Math.max(0, first) / perConversation); index * perConversation < end; index++) {
      for (const row of rowsOf(index)) if (row >= first && row < end) yield row
    }
  }

  /** End users by their own conversations; staff, who are in all of them, by looking at all. */
  function ofEntity(id: string): readonly number[] {
    const endUser = recordNumber('MessagingEndUser', id)
    const isTheirs = (row: number): boolean => memberOf(row).entityId === id
    if (endUser === undefined) return [...rows(0, bound)].filter(isTheirs)
    if (!world.isEndUser(endUser)) return []
    const { own, asGuest } = world.conversationsOf(endUser)
    return [...own, ...asGuest].flatMap(rowsOf).filter(isTheirs)
  }

  return {
    name: 'ConversationParticipant',
    bound,
    rows,
    fields: fieldsOf({
      Id: ['id', (row) => idOf('ConversationParticipant', row)],
      Name: ['string', (row) => `CP-${String(row + 1).padStart(9, '0')}`],
      ConversationId: ['id', (row) => idOf('Conversation', Math.floor(row / perConversation))],
      ParticipantEntityId: ['id', (row) => memberOf(row).entityId],
      ParticipantRole: ['string', (row) => memberOf(row).role],
      ParticipantKey: [
        'string',
        (row) => {
          const outline = outlineOf(row)
          return subjectOfMember(world, outline, memberOf(row))
        },
      ],
      ParticipantContext: ['string', () => null],
      ParticipantDisplayName: ['string', (row) => memberOf(row).displayName],
      AppType: ['string', (row) => appTypeOf(outlineOf(row), memberOf(row).role)],
      JoinedTime: ['datetime', (row) => outlineOf(row).sessions[memberOf(row).session]?.start ?? null],
      LastActiveTime: ['datetime', (row) => world.endOf(Math.floor(row / perConversation))],
      LeftTime: [
        'datetime',
        (row) => {
          const index = Math.floor(row / perConversation)
          return stillOpen(world, index) ? null : world.endOf(index)
        },
      ],
    }),
    parents: parentsOf({ Conversation: ['Conversation', (row) => Math.floor(row / perConversation)] }),
    indexes: new Map([
      ['id', byId('ConversationParticipant', exists)],
      [
        'conversationid',
        (id) => {
          const index = recordNumber('Conversation', id)
          return index !== undefined && index < world.conversations ? rowsOf(index) : []
        },
      ],
      ['participantentityid', ofEntity],
    ]),
    ranges: new Map([
      ['id', idRange('ConversationParticipant', bound)],
      ['conversationid', idRange('Conversation', bound, perConversation)],
    ]),
    ordered: new Set(['id', 'conversationid']),
  }
}

/** What a participant is known by. */
export function subjectOfMember(world: World, outline: Outline, { role, session, byGuest }: Member): string | null {
  const endUser = world.person(byGuest ? (outline.guest ?? outline.person) : outline.person)
  return subjectOf(world.seed, outline, endUser, role, session)
}

function endUserMember(world: World, person: number, channel: number): Member {
  const entityId = idOf('MessagingEndUser', person * 4 + channel)
  return { role: 'EndUser', displayName: world.person(person).name, entityId, session: 0 }
}

/** The end user, the agents, the bot, and last another end user. */
export function members(world: World, outline: Outline): readonly Member[] {
  const endUser = endUserMember(world, outline.person, outline.channel.number)
  if (outline.shape === 'empty' || outline.shape === 'silent') return [endUser]
  const staff = outline.agents.map(
    (agent, session): Member => ({
      role: 'Agent',
      displayName: agent.name,
      entityId: idOf('User', agent.number),
      session,
    }),
  )
  const olivia: Member = {
    role: 'Chatbot',
    displayName: bot.name,
    entityId: idOf('BotDefinition', bot.number),
    session: 0,
  }
  return [
    endUser,
    ...staff,
    ...((outline.sessions[0]?.target ?? 0) >= 9 ? [olivia] : []),
    ...(outline.guest === undefined
      ? []
      : [{ ...endUserMember(world, outline.guest, outline.channel.number), byGuest: true } as const]),
  ]
}
