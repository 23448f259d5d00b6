import { recordId, recordNumber } from '../ids.ts'
import { lastModified, sessionEnd, sessionStatus, settling, stillOpen } from '../objects/session-state.ts'
import type { Table } from '../sql/table.ts'
import type { SessionOutline } from '../world/outline.ts'
import { agents } from '../world/staff.ts'
import { type DmoContext, dmoTable, partitionOfId, text, time } from './dmo-table.ts'

interface ConversationRow {
  readonly index: number
}

/** Fields: data model reference, page of Conversation; mapping page: ConversationIdentifier is ExternalRecordId. */
export function conversationDmo(context: DmoContext): Table {
  const { world } = context
  const start = ({ index }: ConversationRow): number => world.timeline.startOf(index)
  const user = recordId('User', 0)
  const open = (index: number): boolean => stillOpen(world, index)
  const late = { after: world.longestSpan + settling }
  return dmoTable<ConversationRow>(context, {
    name: 'Conversation',
    qualified: ['Id'],
    rowsOf: (index) => [{ index }],
    fields: {
      Id: text(({ index }) => recordId('Conversation', index), {
        required: true,
        ascending: true,
        partitionOf: partitionOfId(context, (id) => recordNumber('Conversation', id), 1),
      }),
      ExternalRecordId: text(({ index }) => world.outline(index).identifier, {
        required: true,
        partitionOf: (identifier) => world.indexOf(identifier),
      }),
      StartDateTime: time(context, start, { after: 0 }, { required: true, ascending: true }),
      EndDateTime: time(context, ({ index }) => (open(index) ? null : world.endOf(index)), late),
      CreatedDate: time(context, start, { after: 0 }, { required: true, ascending: true }),
      CreatedById: text(() => user),
      LastModifiedDate: time(context, ({ index }) => lastModified(world, index), late, { required: true }),
      LastModifiedById: text(() => user),
      SystemModstamp: time(context, ({ index }) => lastModified(world, index), late, { required: true }),
      ConversationState: text(({ index }) => (open(index) ? 'Active' : 'Expired')),
      IsUserInitiated: text(() => 'true'),
      NameInterfaceField: text(({ index }) => `C-${String(index + 1).padStart(8, '0')}`),
    },
  })
}

interface SessionRow {
  readonly index: number
  readonly session: SessionOutline
}

/** Fields: data model reference, page of Messaging Session. */
export function messagingSessionDmo(context: DmoContext): Table {
  const { world, absent } = context
  const start = ({ session }: SessionRow): number => session.start
  const reach = { after: world.longestSpan }
  return dmoTable<SessionRow>(context, {
    name: 'MessagingSession',
    qualified: ['Id', 'ConversationId'],
    rowsOf: (index) =>
      absent.sessions(index) ? [] : world.outline(index).sessions.map((session) => ({ index, session })),
    fields: {
      Id: text(({ index, session }) => recordId('MessagingSession', index * 8 + session.number), {
        required: true,
        ascending: true,
        partitionOf: partitionOfId(context, (id) => recordNumber('MessagingSession', id), 8),
      }),
      ConversationId: text(({ index }) => recordId('Conversation', index), {
        required: true,
        ascending: true,
        partitionOf: partitionOfId(context, (id) => recordNumber('Conversation', id), 1),
      }),
      MessagingSessionStartTime: time(context, start, reach, { required: true }),
      MessagingSessionEndTime: time(context, ({ index, session }) => sessionEnd(world, index, session), {
        after: world.longestSpan + settling,
      }),
      MessagingSessionStatus: text(({ index, session }) => sessionStatus(world, index, session)),
      AgentType: text(({ session }) => (session.target >= 9 && session.number === 0 ? 'BotToAgent' : 'Agent')),
      AcceptedDateTime: time(context, (row) => start(row) + 20_000, { after: world.longestSpan + 20_000 }),
      EngagementChannelId: text(({ index }) => recordId('MessagingChannel', world.outline(index).channel.number)),
      EngagementChannelType: text(({ index }) => world.outline(index).channel.messageType),
      OwnerId: text(({ index, session }) => {
        const { agents: own } = world.outline(index)
        return recordId('User', (own[Math.min(session.number, own.length - 1)] ?? agents[0])?.number ?? 0)
      }),
      CreatedDate: time(context, start, reach, { required: true }),
    },
  })
}
