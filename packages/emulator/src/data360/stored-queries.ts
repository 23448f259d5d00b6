import { randomUUID } from 'node:crypto'
import type { OrgState } from '../server/org-state.ts'
import type { Result } from '../sql/result.ts'
import type { StoredQuery } from './data360-state.ts'

/** Where a query stands, in no interface's words yet. */
export interface QueryStanding {
  readonly state: 'running' | 'produced' | 'finished'
  /** Rows that can be had. */
  readonly rows: number
  /** From 0 to 1. */
  readonly progress: number
}

/** Keeps the result of a query. `firstRows`: what comes at once; a result of no more than that is complete at once. */
export async function storeQuery(
  org: OrgState,
  options: {
    readonly result: Result
    readonly dataspace: string
    readonly firstRows: number
    readonly separator: string
  },
): Promise<{ readonly id: string; readonly query: StoredQuery }> {
  const { result, dataspace, firstRows, separator } = options
  const rowCount = await result.count()
  const polls = rowCount <= firstRows ? 0 : org.data360.switches.runningPolls
  const query = { result, rowCount, dataspace, openedAt: org.clock.now(), polls, produced: false }
  // As clients have seen them: a node in base64, a separator, a UUID.
  const id = `MTAuMjIuMTQ4LjE4MTo3NDg0${separator}${randomUUID()}`
  org.data360.queries.put(plainId(id), query)
  return { id, query }
}

/** The same id, however often it was encoded on its way. */
export function plainId(id: string): string {
  return id.replace(/%(?:25)*2F/gi, '/')
}

/** A query that is still there. */
export function storedQuery(org: OrgState, id: string, lifetimeMs: number): StoredQuery | undefined {
  const query = org.data360.queries.get(plainId(id))
  return query && org.clock.now() - query.openedAt < lifetimeMs ? query : undefined
}

/** Where it stands, without moving on. */
export function standing(org: OrgState, query: StoredQuery, firstRows: number): QueryStanding {
  const { rowCount, polls, produced } = query
  if (polls === 0) return { state: produced ? 'finished' : 'produced', rows: rowCount, progress: 1 }
  const { runningPolls } = org.data360.switches
  const progress = (runningPolls - polls) / (runningPolls + 1)
  return { state: 'running', rows: Math.min(rowCount, Math.max(firstRows, Math.floor(rowCount * progress))), progress }
}

/** Where it stands, told to somebody: the next to ask finds it further on. */
export function told(org: OrgState, query: StoredQuery, firstRows: number): QueryStanding {
  const now = standing(org, query, firstRows)
  if (query.polls > 0) query.polls -= 1
  else query.produced = true
  return now
}
