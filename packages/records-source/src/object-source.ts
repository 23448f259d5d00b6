import type { OrgClient, OrgSender } from '@custody/http'
import type { Window } from '@custody/model'
import { type Checkpoint, type Clock, defineSource, type Source, usageError } from '@custody/pipeline'
import { z } from 'zod'
import { type Bulk, jobChoice } from './bulk.ts'
import { checkQueryOptions, checkWindow } from './options.ts'
import { readPass, type Taken } from './pass.ts'
import type { QueryOptions } from './query-pages.ts'
import type { Query } from './soql.ts'

export interface ObjectSourceOptions<Row, Out> {
  readonly name: string
  readonly org: OrgClient | OrgSender
  readonly window: Window
  readonly apiVersion?: string
  readonly pageSize?: number
  readonly bulk?: Bulk
  readonly after?: Checkpoint
  readonly clock?: Clock
  /** In the order of one key: the id. */
  readonly query: Query<Row>
  /** Made once a run. */
  readonly take: (options: QueryOptions) => (rows: readonly Row[]) => Promise<Taken<Out>> | Taken<Out>
}

const idSchema = z.string().regex(/^[a-zA-Z0-9]{15,18}$/)
const cursorSchema = z.union([
  z.object({ after: z.tuple([idSchema]), done: z.literal(false) }),
  z.object({ after: z.null(), done: z.literal(true) }),
])
type Cursor = z.infer<typeof cursorSchema>

/**
 * The rows of one object that belong to a window, as a source.
 *
 * @throws CustodyError `CENSUS_WINDOW`, `CENSUS_API_VERSION`, `CENSUS_BULK`, `CENSUS_CHECKPOINT` (usage)
 */
export function objectSource<Row, Out>(options: ObjectSourceOptions<Row, Out>): Source<Out> {
  const { name, org, window, apiVersion, pageSize, after, query } = options
  checkWindow(name, window)
  checkQueryOptions(name, options)
  const jobsFor = jobChoice(name, options)
  const start = after ? readCursor(name, after) : null
  const checkpoint = (cursor: Cursor): Checkpoint => ({ source: name, cursor: JSON.stringify(cursor) })
  return defineSource(name, async function* ({ signal }) {
    if (start?.done) return
    const queryOptions: QueryOptions = { org, apiVersion, pageSize, signal }
    const take = options.take(queryOptions)
    const toCheckpoint = ([id = '']: readonly string[]): Checkpoint => checkpoint({ after: [id], done: false })
    const rejects = yield* readPass({ name, query, jobsFor, take, toCheckpoint }, queryOptions, start?.after ?? null)
    yield { records: [], rejects, checkpoint: checkpoint({ after: null, done: true }) }
  })
}

function readCursor(name: string, { source, cursor }: Checkpoint): Cursor {
  if (source === name) {
    try {
      return cursorSchema.parse(JSON.parse(cursor))
    } catch {
      // Said below: what is in it does not matter.
    }
  }
  throw usageError('CENSUS_CHECKPOINT', `${name}: after is no checkpoint of this source`, 'Start the run anew.')
}
