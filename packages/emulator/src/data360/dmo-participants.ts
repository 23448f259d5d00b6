import { recordId, recordNumber } from '../ids.ts'
import { type Member, members, subjectOfMember } from '../objects/conversation-participant.ts'
import { stillOpen } from '../objects/session-state.ts'
import { displayNameOf } from '../server/wire-entry.ts'
import type { Table } from '../sql/table.ts'
import { appTypeOf, subjectOf } from '../world/participants.ts'
import type { Step } from '../world/script.ts'
import type { World } from '../world/world.ts'
import { type DmoContext, dmoTable, partitionOfId, text, time } from './dmo-table.ts'

/** Room for the participants of one conversation in the numbering of rows, as in the org. */
const perConversation = 8

/** Somebody who takes part in a conversation. */
export interface Participant extends Member {
  readonly index: number
  /** Their number in the conversation. */
  readonly place: number
}

/** Those the org lists, and behind them whoever else said something. */
export function participantsOf(world: World, index: number): readonly Participant[] {
  const { outline, steps } = world.conversation(index)
  const listed = [...members(world, outline)]
  for (const step of steps) {
    if (listed.some((member) => isSender(member, step, outline.agents.length))) continue
    const person = world.speaker(outline, step)
    listed.push({
      role: step.role,
      displayName: displayNameOf(outline, person, step),
      entityId: subjectOf(world.seed, outline, person, step.role, step.session),
      session: agentOf(step, outline.agents.length),
    })
  }
  return listed.map((member, place) => ({ ...member, index, place }))
}

/** Which agent of a conversation speaks in a step; one speaks for all sessions behind theirs. */
function agentOf({ session }: Step, agents: number): number {
  return Math.max(0, Math.min(session, agents - 1))
}

export function isSender(member: Member, step: Step, agents: number): boolean {
  if (member.role !== step.role || member.byGuest !== step.byGuest) return false
  return step.role !== 'Agent' || member.session === agentOf(step, agents)
}

/** The record id of a participant, the one that the org itself uses. */
export function participantId({ index, place }: Pick<Participant, 'index' | 'place'>): string {
  return recordId('ConversationParticipant', index * perConversation + place)
}

export function participantPartition(context: DmoContext): (id: string) => number | undefined {
  return partitionOfId(context, (id) => recordNumber('ConversationParticipant', id), perConversation)
}

function roleId({ index, place }: Participant): string {
  return recordId('EngagementParticipantAppRole', index * perConversation + place)
}

function rolePartition(context: DmoContext): (id: string) => number | undefined {
  return partitionOfId(context, (id) => recordNumber('EngagementParticipantAppRole', id), perConversation)
}

/** Fields: data model reference, page of Engagement Channel Participant. */
export function channelParticipantDmo(context: DmoContext): Table {
  const { world, absent } = context
  const sessionOf = ({ index, session }: Participant): string =>
    recordId('MessagingSession', index * 8 + Math.min(session, world.outline(index).sessions.length - 1))
  const joined = ({ index, session }: Participant): number => {
    const { sessions, start } = world.outline(index)
    return sessions[session]?.start ?? start
  }
  const reach = { after: world.longestSpan }
  return dmoTable<Participant>(context, {
    name: 'EngagementChannelParticipant',
    qualified: ['Id', 'ConversationId', 'EngagementParticipantAppRoleId'],
    rowsOf: (index) => participantsOf(world, index).filter((member) => !absent.participant(index, member)),
    fields: {
      Id: text(participantId, { required: true, ascending: true, partitionOf: participantPartition(context) }),
      ConversationId: text(({ index }) => recordId('Conversation', index), {
        required: true,
        ascending: true,
        partitionOf: partitionOfId(context, (id) => recordNumber('Conversation', id), 1),
      }),
      MessagingSessionId: text(sessionOf),
      EngagementParticipantAppRoleId: text(roleId, { required: true, partitionOf: rolePartition(context) }),
      ParticipantId: text(({ entityId }) => entityId),
      EngagementParticipantRole: text(({ role }) => role),
      ParticipantDisplayName: text(({ displayName }) => displayName),
      JoinedDateTime: time(context, joined, reach),
      LeftDateTime: time(context, ({ index }) => (stillOpen(world, index) ? null : world.endOf(index)), reach),
      // assumption: the page names no UUID of participants that another interface knows.
      ExternalRecordId: text(() => null),
      EngagementChannelId: text(({ index }) => recordId('MessagingChannel', world.outline(index).channel.number)),
      CreatedDate: time(context, joined, reach),
      LastModifiedDate: time(context, ({ index }) => world.endOf(index), reach),
    },
  })
}

/** Fields: mapping page of Participant to Engagement Participant App Role; ParticipantId is the app type there. */
export function appRoleDmo(context: DmoContext): Table {
  const { world, absent } = context
  return dmoTable<Participant>(context, {
    name: 'EngagementParticipantAppRole',
    qualified: ['Id'],
    rowsOf: (index) => participantsOf(world, index).filter((member) => !absent.participant(index, member)),
    fields: {
      Id: text(roleId, { required: true, ascending: true, partitionOf: rolePartition(context) }),
      EngagementParticipantRole: text(({ role }) => role),
      ParticipantId: text(({ index, role }) => appTypeOf(world.outline(index), role)),
      SubjectName: text((member) => subjectOfMember(world, world.outline(member.index), member)),
    },
  })
}
