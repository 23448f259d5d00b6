import { otherIdentifier } from '../ids.ts'
import type { SchemaObject } from '../soql/schema.ts'
import { type Channel, channels } from '../world/channels.ts'
import type { World } from '../world/world.ts'
import { auditFields, byId, fieldsOf, idOf, idRange, parentsOf, rowsWhere } from './fields.ts'

export function messagingChannelObject(world: World): SchemaObject {
  const bound = channels.length
  const exists = (row: number): boolean => row < bound
  const channel = (row: number): Channel => channels[row] as Channel
  const since = (): number => world.timeline.from - 86_400_000 * 700
  return {
    name: 'MessagingChannel',
    bound,
    rows: (first, end) => rowsWhere(first, end, exists),
    fields: fieldsOf({
      Id: ['id', (row) => idOf('MessagingChannel', row)],
      MasterLabel: ['string', (row) => channel(row).label],
      DeveloperName: ['string', (row) => channel(row).developerName],
      MessageType: ['string', (row) => channel(row).messageType],
      PlatformType: ['string', () => 'Enhanced'],
      MessagingPlatformKey: ['string', (row) => channel(row).platformKey],
      ChannelAddressIdentifier: ['string', (row) => otherIdentifier(world.seed, row, 5)],
      IsActive: ['boolean', () => true],
      ConsentType: ['string', () => 'ImplicitlyOptedIn'],
      RoutingType: ['string', () => 'OmniQueue'],
      SessionHandler: ['string', () => 'Bot'],
      TargetQueueId: ['id', (row) => idOf('Queue', row + 1)],
      BusinessHoursId: ['id', () => null],
      ...auditFields(since, since),
    }),
    parents: parentsOf({}),
    indexes: new Map([['id', byId('MessagingChannel', exists)]]),
    ranges: new Map([['id', idRange('MessagingChannel', bound)]]),
    ordered: new Set(['id']),
  }
}
