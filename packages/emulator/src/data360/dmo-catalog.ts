import type { Catalog, Table } from '../sql/table.ts'
import type { DmoName } from './data360-switches.ts'
import { conversationDmo, messagingSessionDmo } from './dmo-conversation.ts'
import { entryDmo } from './dmo-entry.ts'
import { appRoleDmo, channelParticipantDmo } from './dmo-participants.ts'
import type { DmoContext } from './dmo-table.ts'

const makers: Readonly<Record<DmoName, (context: DmoContext) => Table>> = {
  Conversation: conversationDmo,
  ConversationEntry: entryDmo,
  EngagementChannelParticipant: channelParticipantDmo,
  EngagementParticipantAppRole: appRoleDmo,
  MessagingSession: messagingSessionDmo,
}

/** The objects of a data space, under the names the switches say. */
export function dmoCatalog(context: Omit<DmoContext, 'prefix'>): Catalog {
  const { dmoNames, missingDmos } = context.switches
  const prefixes = dmoNames === 'both' ? (['ssot', 'std'] as const) : [dmoNames]
  const names = (Object.keys(makers) as DmoName[]).filter((name) => !missingDmos.includes(name))
  const tables = prefixes.flatMap((prefix) => names.map((name) => makers[name]({ ...context, prefix })))
  return new Map(tables.map((table) => [table.name.toLowerCase(), table]))
}
