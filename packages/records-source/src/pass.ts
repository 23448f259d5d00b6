import type { Batch, Checkpoint, Reject } from '@custody/pipeline'
import type { JobChoice } from './bulk.ts'
import { type ReadResult, readQuery } from './pages.ts'
import { countRows, type QueryOptions } from './query-pages.ts'
import { short } from './related.ts'
import type { Key, Query } from './soql.ts'
import { maxIdsPerQuery } from './wire.ts'

type PartReject = Omit<Reject, 'stage'>

/** What came of some rows. */
export interface Taken<Out> {
  readonly records: readonly Out[]
  readonly rejects: readonly PartReject[]
}

export interface Pass<Row, Out> {
  /** Of the source. */
  readonly name: string
  readonly query: Query<Row>
  readonly jobsFor: JobChoice
  /** Up to a few hundred rows, in order. */
  readonly take: (rows: readonly Row[]) => Promise<Taken<Out>> | Taken<Out>
  /** Called when all rows up to this key were taken. */
  readonly toCheckpoint: (after: Key) => Checkpoint
}

/**
 * Reads one query from behind `after`: its rows in batches, each with its checkpoint. Gives what the org's own counts, taken
 * before and after, say of it.
 */
export async function* readPass<Row, Out>(
  { name, query, jobsFor, take, toCheckpoint }: Pass<Row, Out>,
  options: QueryOptions,
  after: Key | null,
): AsyncGenerator<Batch<Out>, readonly Reject[], undefined> {
  const countedBefore = await countRows(query, options, after)
  const pages = readQuery(query, { ...options, jobs: jobsFor(countedBefore) }, after)
  try {
    let page = await pages.next()
    for (; !page.done; page = await pages.next()) {
      for (let start = 0; start < page.value.length; start += maxIdsPerQuery) {
        const rows = page.value.slice(start, start + maxIdsPerQuery)
        const { records, rejects } = await take(rows)
        const last = rows.at(-1) as Row
        yield {
          records,
          rejects: named(name, rejects),
          checkpoint: toCheckpoint(query.orderBy.map((field) => String(last[field]))),
        }
      }
    }
    const counted = Math.max(countedBefore, await countRows(query, options, after))
    return named(name, judge(query.type.object, page.value, counted))
  } finally {
    // Whoever leaves early lets go of the job.
    await pages.return({ rows: 0, missing: 0 })
  }
}

/** Compares what was read with both witnesses: the size announced with the pages, and counts of their own. */
function judge(object: string, { rows, missing }: ReadResult, counted: number): readonly PartReject[] {
  const lacking = Math.max(missing, counted - rows)
  if (lacking > 0) return [short(object, rows, lacking)]
  if (missing === 0) return []
  return [
    {
      code: 'CENSUS_EXCESS',
      subject: { type: object, id: null },
      message: `The org announced ${rows + missing} ${object} records and gave ${rows}: some may stand twice.`,
    },
  ]
}

export function named(stage: string, rejects: readonly PartReject[]): readonly Reject[] {
  return rejects.map((reject) => ({ stage, ...reject }))
}
