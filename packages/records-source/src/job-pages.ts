import type { Answer } from '@custody/http'
import { CustodyError } from '@custody/pipeline'
import { isEmptyResult, smallerPage } from './assumptions.ts'
import { readCsvPage } from './csv-page.ts'
import { type EndedJob, isOtherVersion, type JobContext, jobEndpoint, otherVersion, withJob } from './query-job.ts'
import type { Page } from './query-pages.ts'
import { type Key, type Query, toSoql } from './soql.ts'
import { jobPageRows, malformed, type RecordType, readRows } from './wire.ts'

/**
 * The pages of one query by a Bulk API 2.0 job.
 *
 * The query keeps its order. That costs the server its chunking of large objects (documented: such a query runs longer), and
 * buys what all reading here rests on: any row is a place to go on from, in another job or by the query resource.
 */
export function readJobPages<Row>(
  query: Query<Row>,
  context: JobContext,
  after: Key | null,
): AsyncGenerator<Page<Row>, void, undefined> {
  const { type } = query
  return withJob({ object: type.object, soql: toSoql(query, after) }, context, (job) => readResults(type, job, context))
}

/** The last page's locator is this word; none at all is no end. */
const lastLocator = 'null'

async function* readResults<Row>(
  type: RecordType<Row>,
  { resultsPath, rows: totalSize }: EndedJob,
  context: JobContext,
): AsyncGenerator<Page<Row>, void, undefined> {
  const followed = new Set<string>()
  let maxRecords = context.jobs.pageRows ?? type.pageRows ?? jobPageRows
  let locator: string | undefined
  for (let number = 1; locator !== lastLocator; ) {
    const where = `${type.object}, result page ${number}`
    let page: ResultPage<Row>
    try {
      page = await getResultPage(type, { path: resultsPath, maxRecords, locator, where }, context)
    } catch (error) {
      if (!isTooLarge(error) || maxRecords === 1) throw error
      maxRecords = smallerPage(maxRecords)
      continue
    }
    if (followed.has(page.locator)) throw malformed(where, 'it leads back to a page already read')
    followed.add(page.locator)
    yield { where, totalSize, rows: page.rows }
    locator = page.locator
    number += 1
  }
}

/** More bytes than the client holds: rows differ in size. */
function isTooLarge(error: unknown): boolean {
  return CustodyError.isInstance(error) && error.code === 'HTTP_BODY_TOO_LARGE'
}

interface ResultRequest {
  readonly path: string
  readonly maxRecords: number
  readonly locator: string | undefined
  readonly where: string
}

async function getResultPage<Row>(
  type: RecordType<Row>,
  { path, maxRecords, locator, where }: ResultRequest,
  { jobs, signal }: JobContext,
): Promise<ResultPage<Row>> {
  try {
    return await jobs.sender.send({
      method: 'GET',
      origin: 'instance',
      path,
      query: { maxRecords, locator },
      endpoint: jobEndpoint,
      headers: { accept: 'text/csv' },
      as: 'text',
      parse: (document, answer) => readResultPage(type, document, answer, where),
      ...(signal && { signal }),
    })
  } catch (error) {
    throw isOtherVersion(error) ? otherVersion(type.object, error) : error
  }
}

interface ResultPage<Row> {
  readonly rows: readonly Row[]
  readonly locator: string
}

/** Pure, but for what it throws: `CENSUS_PAGE_MALFORMED`. */
function readResultPage<Row>(
  type: RecordType<Row>,
  document: unknown,
  { headers }: Answer,
  where: string,
): ResultPage<Row> {
  const locator = headers['sforce-locator']
  if (!locator) throw malformed(where, 'it does not say whether more is to come')
  const said = headers['sforce-numberofrecords'] ?? ''
  if (!/^\d{1,15}$/.test(said)) throw malformed(where, 'it does not say how many rows it holds')
  const announced = Number(said)
  if (isEmptyResult(announced, document)) return { rows: [], locator }
  if (typeof document !== 'string') throw malformed(where, 'it is no text')
  const rows = readRows(type, readCsvPage(type, document, where), where)
  if (rows.length !== announced) throw malformed(where, `it announces ${announced} rows and holds ${rows.length}`)
  return { rows, locator }
}
