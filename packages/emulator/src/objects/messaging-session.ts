import { assumed } from '../assumptions.ts'
import { otherIdentifier, recordNumber } from '../ids.ts'
import { hash32 } from '../random.ts'
import type { RowRange, SchemaObject, Value } from '../soql/schema.ts'
import type { SessionOutline } from '../world/outline.ts'
import { agents } from '../world/staff.ts'
import { textOf } from '../world/text.ts'
import type { World } from '../world/world.ts'
import { auditFields, byId, fieldsOf, idOf, idRange, parentsOf } from './fields.ts'
import { lastModified, sessionEnd, sessionStatus, settling } from './session-state.ts'

/** Room for the sessions of one conversation in the numbering of rows. */
const perConversation = 8

/** Rows are eight to a conversation; behind them stand the sessions that belong to none. */
export function messagingSessionObject(world: World): SchemaObject {
  const { conversations, orphanSessions, timeline } = world
  const bound = (conversations + orphanSessions) * perConversation
  const indexOf = (row: number): number => Math.floor(row / perConversation)
  const isOrphan = (row: number): boolean => indexOf(row) >= conversations
  // A session without a conversation borrows times and people from one that has.
  const modelOf = (row: number): number =>
    isOrphan(row) ? hash32(world.seed, 0x6f727068, row) % Math.max(1, conversations) : indexOf(row)
  const sessionOf = (row: number): SessionOutline => {
    const { sessions } = world.outline(modelOf(row))
    return sessions[isOrphan(row) ? 0 : row % perConversation] as SessionOutline
  }
  const exists = (row: number): boolean =>
    row < bound &&
    (isOrphan(row) ? row % perConversation === 0 : row % perConversation < world.outline(indexOf(row)).sessions.length)

  function* rows(first: number, end: number): Iterable<number> {
    for (let index = indexOf(Math.max(0, first)); index * perConversation < end; index++) {
      const count =
        index < conversations ? world.outline(index).sessions.length : index < conversations + orphanSessions ? 1 : 0
      for (let s = 0; s < count; s++) {
        const row = index * perConversation + s
        if (row >= first && row < end) yield row
      }
    }
  }

  const sessionsOf = (index: number): number[] =>
    world.outline(index).sessions.map((_, s) => index * perConversation + s)

  const conversationOf = (row: number): number | undefined => (isOrphan(row) ? undefined : indexOf(row))
  const endUserOf = (row: number): number => {
    const { person, channel } = world.outline(modelOf(row))
    return person * 4 + channel.number
  }
  const contactOf = (row: number): number | undefined => {
    const { person } = world.outline(modelOf(row))
    return world.person(person).hasContact ? person : undefined
  }
  const ownerOf = (row: number): number => {
    const outline = world.outline(modelOf(row))
    return outline.agents[Math.min(sessionOf(row).number, outline.agents.length - 1)]?.number ?? agents[0]?.number ?? 0
  }
  const end = (row: number): Value => sessionEnd(world, modelOf(row), sessionOf(row))
  const status = (row: number): string => sessionStatus(world, modelOf(row), sessionOf(row))
  const count = (row: number): { agent: number; endUser: number } =>
    isOrphan(row) ? { agent: 1, endUser: 1 } : world.messageCounts(indexOf(row), row % perConversation)

  // Orphans stand behind all others whatever their times are: no range of time may cut them off.
  const latest: RowRange['atMost'] = () => bound
  const starts: RowRange = {
    neverEmpty: true,
    atLeast: (value) => timeline.firstAtOrAfter(Number(value) - world.longestSpan) * perConversation,
    atMost: (value) => (orphanSessions > 0 ? bound : timeline.firstAtOrAfter(Number(value) + 1) * perConversation),
  }
  const ends: RowRange = {
    neverEmpty: false,
    atLeast: (value) => timeline.firstAtOrAfter(Number(value) - world.longestSpan - settling) * perConversation,
    atMost: latest,
  }

  return {
    name: 'MessagingSession',
    bound,
    rows,
    fields: fieldsOf({
      Id: ['id', (row) => idOf('MessagingSession', row)],
      Name: ['string', (row) => `MS-${String(row + 1).padStart(9, '0')}`],
      Status: ['string', status],
      Origin: [
        'string',
        (row) => (hash32(world.seed, 0x6f726967, row) % 12 === 0 ? 'TriggeredOutbound' : 'InboundInitiated'),
      ],
      ChannelType: ['string', (row) => world.outline(modelOf(row)).channel.messageType],
      ChannelName: ['string', (row) => world.outline(modelOf(row)).channel.label],
      ChannelKey: ['string', (row) => world.outline(modelOf(row)).channel.platformKey],
      ChannelLocale: ['string', (row) => world.person(world.outline(modelOf(row)).person).locale.tag],
      MessagingChannelId: ['id', (row) => idOf('MessagingChannel', world.outline(modelOf(row)).channel.number)],
      MessagingEndUserId: ['id', (row) => idOf('MessagingEndUser', endUserOf(row))],
      EndUserContactId: ['id', (row) => idOf('Contact', contactOf(row))],
      EndUserAccountId: ['id', () => null],
      LeadId: ['id', () => null],
      OpportunityId: ['id', () => null],
      CaseId: ['id', () => null],
      OwnerId: ['id', (row) => idOf('User', ownerOf(row))],
      TargetUserId: ['id', () => null],
      AgentType: [
        'string',
        (row) => (sessionOf(row).target >= 9 && sessionOf(row).number === 0 ? 'BotToAgent' : 'Agent'),
      ],
      AgentMessageCount: ['number', (row) => count(row).agent],
      EndUserMessageCount: ['number', (row) => count(row).endUser],
      StartTime: ['datetime', (row) => sessionOf(row).start],
      AcceptTime: ['datetime', (row) => sessionOf(row).start + 20_000],
      EndTime: ['datetime', end],
      EndedByType: ['string', (row) => (end(row) === null ? null : 'Agent')],
      EndUserLanguage: ['string', (row) => world.person(world.outline(modelOf(row)).person).locale.tag.slice(0, 2)],
      PreviewDetails: ['string', (row) => (isOrphan(row) ? null : preview(world, indexOf(row), row % perConversation))],
      SessionKey: ['string', (row) => otherIdentifier(world.seed, row, 9)],
      ConversationId: ['id', (row) => idOf('Conversation', conversationOf(row))],
      ...auditFields(
        (row) => sessionOf(row).start,
        (row) => (isOrphan(row) ? sessionOf(row).end : sessionModified(world, indexOf(row), sessionOf(row))),
      ),
    }),
    parents: parentsOf({
      Conversation: ['Conversation', conversationOf],
      MessagingChannel: ['MessagingChannel', (row) => world.outline(modelOf(row)).channel.number],
      MessagingEndUser: ['MessagingEndUser', endUserOf],
      EndUserContact: ['Contact', contactOf],
      Owner: ['User', ownerOf],
    }),
    indexes: new Map([
      ['id', byId('MessagingSession', exists)],
      [
        'conversationid',
        (id) => {
          const index = recordNumber('Conversation', id)
          return index !== undefined && index < conversations ? sessionsOf(index) : []
        },
      ],
      ...(orphanSessions === 0 ? [['messagingenduserid', ofEndUser(world, sessionsOf)] as const] : []),
    ]),
    ranges: new Map([
      ['id', idRange('MessagingSession', bound)],
      ['conversationid', idRange('Conversation', bound, perConversation)],
      ['starttime', starts],
      ['createddate', starts],
      ['endtime', ends],
      ['lastmodifieddate', ends],
      ['systemmodstamp', ends],
    ]),
    // Sessions without a conversation stand last; without a value they would come first.
    ordered: new Set(orphanSessions === 0 ? ['id', 'conversationid'] : ['id']),
  }
}

function ofEndUser(world: World, sessionsOf: (index: number) => number[]): (id: string) => readonly number[] {
  return (id) => {
    const row = recordNumber('MessagingEndUser', id)
    if (row === undefined || row >= world.population.people * 4) return []
    return world.population
      .conversationsOf(Math.floor(row / 4))
      .filter((index) => world.population.channelOf(index) === row % 4)
      .flatMap(sessionsOf)
  }
}

function sessionModified(world: World, index: number, session: SessionOutline): number {
  const last = session.number === world.outline(index).sessions.length - 1
  return last ? lastModified(world, index) : session.end + assumed.lastModifiedLagMs
}

/** The beginning of the last text of a session. */
function preview(world: World, index: number, session: number): string | null {
  const { outline, steps } = world.conversation(index)
  const step = steps.findLast((candidate) => candidate.session === session && candidate.kind === 'text')
  if (!step) return null
  return textOf(world.seed, outline, world.person(outline.person), step).text.slice(0, 255) || null
}
