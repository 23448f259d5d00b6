import { recordNumber } from '../ids.ts'
import { metricTypes } from '../platform-assumptions.ts'
import { hash32 } from '../random.ts'
import type { SchemaObject } from '../soql/schema.ts'
import type { World } from '../world/world.ts'
import { auditFields, byId, fieldsOf, idOf, idRange, parentsOf } from './fields.ts'

const perSession = metricTypes.length

/** Rows are a few to a session that has ended. */
export function messagingSessionMetricsObject(world: World, sessions: SchemaObject): SchemaObject {
  const bound = sessions.bound * perSession
  const sessionOf = (row: number): number => Math.floor(row / perSession)
  const ended = (session: number): number | null => sessions.fields.get('endtime')?.get(session) as number | null
  const isSession = (session: number): boolean =>
    sessions.indexes.get('id')?.(idOf('MessagingSession', session) ?? '').length === 1
  const exists = (row: number): boolean => row < bound && isSession(sessionOf(row)) && ended(sessionOf(row)) !== null
  const rowsOf = (session: number): number[] =>
    ended(session) === null ? [] : metricTypes.map((_, k) => session * perSession + k)

  function* rows(first: number, end: number): Iterable<number> {
    for (const session of sessions.rows(Math.floor(first / perSession), Math.ceil(end / perSession))) {
      for (const row of rowsOf(session)) if (row >= first && row < end) yield row
    }
  }

  return {
    name: 'MessagingSessionMetrics',
    bound,
    rows,
    fields: fieldsOf({
      Id: ['id', (row) => idOf('MessagingSessionMetrics', row)],
      MessagingSessionId: ['id', (row) => idOf('MessagingSession', sessionOf(row))],
      MessagingSessionMetricType: ['string', (row) => metricTypes[row % perSession] ?? null],
      MessagingSessionMetricValue: ['number', (row) => hash32(world.seed, 0x6d657472, row) % 600],
      ...auditFields(
        (row) => ended(sessionOf(row)),
        (row) => ended(sessionOf(row)),
      ),
    }),
    parents: parentsOf({ MessagingSession: ['MessagingSession', sessionOf] }),
    indexes: new Map([
      ['id', byId('MessagingSessionMetrics', exists)],
      [
        'messagingsessionid',
        (id) => {
          const session = recordNumber('MessagingSession', id)
          return session !== undefined && session < sessions.bound && isSession(session) ? rowsOf(session) : []
        },
      ],
    ]),
    ranges: new Map([['id', idRange('MessagingSessionMetrics', bound)]]),
    ordered: new Set(['id', 'messagingsessionid']),
  }
}
