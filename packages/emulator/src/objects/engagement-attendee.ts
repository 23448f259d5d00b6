import { recordNumber } from '../ids.ts'
import type { SchemaObject } from '../soql/schema.ts'
import type { World } from '../world/world.ts'
import { auditFields, byId, fieldsOf, idOf, idRange, parentsOf, rowsWhere } from './fields.ts'

/**
 * Object Reference, EngagementAttendee: one on the first session of each end user who is said to have children that forbid their
 * deletion. The object is there as long as anybody has.
 */
export function engagementAttendeeObject(world: World, restricted: readonly string[]): SchemaObject {
  const sessions = restricted
    .map((id) => recordNumber('MessagingEndUser', id))
    .filter((row) => row !== undefined && world.isEndUser(row))
    .map((row) => (world.conversationsOf(row as number).own[0] ?? 0) * 8)
  const bound = sessions.length
  const session = (row: number): number => sessions[row] as number
  const exists = (row: number): boolean => row < bound
  const start = (row: number): number => world.timeline.startOf(Math.floor(session(row) / 8))
  return {
    name: 'EngagementAttendee',
    bound,
    rows: (first, end) => rowsWhere(first, Math.min(end, bound), exists),
    fields: fieldsOf({
      Id: ['id', (row) => idOf('EngagementAttendee', row)],
      Name: ['string', (row) => `EA-${String(row + 1).padStart(6, '0')}`],
      EngagementId: ['id', (row) => idOf('MessagingSession', session(row))],
      ExternalAttendeeId: ['id', () => null],
      InternalAttendeeId: ['id', () => idOf('User', 1)],
      OwnerId: ['id', () => idOf('User', 0)],
      ...auditFields(start, start),
    }),
    // The parent is one of three objects: paths through it need TYPEOF, which is not served.
    parents: parentsOf({}),
    indexes: new Map([['id', byId('EngagementAttendee', exists)]]),
    ranges: new Map([['id', idRange('EngagementAttendee', bound)]]),
    ordered: new Set(['id']),
  }
}
