import type { OrgState } from '../server/org-state.ts'
import { execute } from '../sql/execute.ts'
import type { Result } from '../sql/result.ts'
import { SqlError } from '../sql/sql-error.ts'
import type { Literal } from '../sql/statement.ts'
import type { Catalog } from '../sql/table.ts'
import type { Parameters } from '../sql/tokens.ts'
import { dmoCatalog } from './dmo-catalog.ts'

/** The objects of a data space as they are now. */
export function catalogOf(org: OrgState, dataspace: string): Catalog {
  const { world, losses, clock, data360, deletions } = org
  const now = clock.now()
  return dmoCatalog({
    world,
    losses,
    switches: data360.switches,
    now,
    absent: deletions.absent('data360', now),
    appended: world.appendedCounts(),
    empty: dataspace !== data360.switches.conversationDataspace,
  })
}

export interface QueryRequest {
  readonly sql: string
  readonly dataspace: string
  readonly parameters?: Parameters | undefined
  /** Rows of a page, where the last one is to be lost. */
  readonly pageRows: number
}

/**
 * Runs a statement over a data space.
 *
 * @throws SqlError
 */
export async function runQuery(org: OrgState, request: QueryRequest): Promise<Result> {
  const { data360, losses } = org
  data360.sent.count += 1
  const shuffle = data360.switches.unordered === 'shuffled' ? data360.sent.count : undefined
  const catalog = catalogOf(org, request.dataspace)
  const result = await execute(catalog, request.sql, { shuffle, parameters: request.parameters })
  if (!losses.losesLastPage('data360')) return result
  return result.first(losses.kept('data360', await result.count(), request.pageRows))
}

/** A body of JSON with these members and no others; a text says what is wrong. */
export function readBody(text: string, members: readonly string[]): Readonly<Record<string, unknown>> | string {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'The body is not valid JSON'
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'The body is not a JSON object'
  const stranger = Object.keys(value).find((name) => !members.includes(name))
  if (stranger !== undefined) return `Unrecognized field "${stranger}"`
  const body = value as Readonly<Record<string, unknown>>
  return typeof body['sql'] === 'string' && body['sql'] !== '' ? body : 'sql is required'
}

/**
 * Values for the open places of a statement.
 *
 * @throws SqlError `22023` for what is no list of values
 */
export function readParameters(list: unknown): Parameters | undefined {
  if (list === undefined || list === null) return undefined
  if (!Array.isArray(list)) throw new SqlError('22023', 'parameters must be a list')
  const positional: Literal[] = []
  const named = new Map<string, Literal>()
  for (const item of list as unknown[]) {
    const { name, value } = (typeof item === 'object' && item !== null ? item : {}) as Record<string, unknown>
    if (value !== null && !['string', 'number', 'boolean'].includes(typeof value)) {
      throw new SqlError('22023', 'a parameter has no value')
    }
    positional.push(value as Literal)
    if (typeof name === 'string') named.set(name, value as Literal)
  }
  return { positional, named }
}

/** A whole number of a body or a query string; NaN for anything else. */
export function wholeOf(value: unknown): number {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
}
