import { stringify } from 'csv-stringify/sync'
import { z } from 'zod'
import { recordId } from '../ids.ts'
import { platformAssumed } from '../platform-assumptions.ts'
import { execute } from '../soql/execute.ts'
import { parse } from '../soql/parse.ts'
import type { Query } from '../soql/query.ts'
import { objectNamed, type Value } from '../soql/schema.ts'
import { SoqlError } from '../soql/soql-error.ts'
import { advance, type BulkJob, columnDelimiters, hasEnded, move } from './bulk-jobs.ts'
import type { CoreRequest } from './core-resources.ts'
import { coreError, json, notFound, type Reply } from './reply.ts'

const order = z.object({
  operation: z.enum(['query', 'queryAll']),
  query: z.string(),
  contentType: z.enum(['CSV']).default('CSV'),
  columnDelimiter: z.enum(['COMMA', 'BACKQUOTE', 'CARET', 'PIPE', 'SEMICOLON', 'TAB']).default('COMMA'),
  lineEnding: z.enum(['LF', 'CRLF']).default('LF'),
})

/** `POST /jobs/query` creates a job; `GET`, `PATCH` and `DELETE /jobs/query/{id}` ask for it, abort it, remove it. */
export function bulkJobRoute(call: CoreRequest): Reply {
  const { org, request, parts, faults } = call
  const [id] = parts
  if (id === undefined) return request.method === 'POST' ? createJob(call) : methodNotAllowed(request.method)
  const now = org.clock.now()
  const job = org.jobs.get(id, now)
  if (!job) return notFound
  const fault = faults.find(({ type }) => type === 'job-state')
  if (fault?.type === 'job-state' && !hasEnded(job)) move(job, fault.state, now)
  switch (request.method) {
    case 'GET':
      advance(org, job)
      return json(200, jobInfo(job, true))
    case 'PATCH':
      if (document(request.body)?.['state'] !== 'Aborted') {
        return coreError(400, 'INVALIDJOB', "state can only be changed to 'Aborted'")
      }
      if (hasEnded(job)) return wrongState(job)
      move(job, 'Aborted', now)
      return json(200, jobInfo(job, false))
    case 'DELETE':
      if (!hasEnded(job)) return wrongState(job)
      org.jobs.delete(id)
      return { status: 204, headers: {}, body: '' }
    default:
      return methodNotAllowed(request.method)
  }
}

function createJob({ org, request, version, user, faults }: CoreRequest): Reply {
  const asked = order.safeParse(document(request.body))
  if (!asked.success) {
    return coreError(400, 'INVALIDJOB', `Invalid value for ${asked.error.issues[0]?.path.join('.') || 'the job'}`)
  }
  const { query: text, operation, columnDelimiter, lineEnding } = asked.data
  try {
    const query = parse(text)
    const refused = notForBulk(query)
    if (refused) return coreError(400, platformAssumed.bulkQueryRefused, refused)
    // Names are looked up at once; the rows are found when the job runs.
    execute(org.schema, { ...query, limit: 0 })
    const object = objectNamed(org.schema, query.from).name
    const job = org.jobs.create(org, { operation, query, object, columnDelimiter, lineEnding }, version, user)
    for (const fault of faults) if (fault.type === 'job-state') job.destiny = fault.state
    return json(200, jobInfo(job, false))
  } catch (error) {
    if (error instanceof SoqlError) return coreError(400, error.errorCode, error.message)
    throw error
  }
}

/** What bulk queries cannot do although other queries can. Grouping and subqueries are unknown to the parser. */
function notForBulk({ select, offset }: Query): string | undefined {
  if (select === 'count') return 'Aggregate queries are not supported by Bulk API 2.0'
  return offset > 0 ? 'OFFSET is not supported by Bulk API 2.0' : undefined
}

/** `GET /jobs/query/{id}/results?maxRecords=…&locator=…` */
export function bulkResultsRoute({ org, request, version, parts, faults }: CoreRequest): Reply {
  const job = org.jobs.get(parts[0] ?? '', org.clock.now())
  if (!job) return notFound
  if (job.version !== version) {
    return coreError(409, platformAssumed.bulkVersion, `The job was created with API version ${job.version}`)
  }
  const { result } = job
  if (job.state !== 'JobComplete' || !result) return wrongState(job)

  const asked = request.query.get('maxRecords')
  if (asked !== null && !/^[1-9]\d{0,8}$/.test(asked)) {
    return coreError(400, 'INVALIDJOB', 'maxRecords must be a positive number')
  }
  const first = placeOf(request.query.get('locator'))
  if (first === undefined || (first > 0 && first >= result.totalSize)) {
    return coreError(400, 'INVALID_LOCATOR', 'The locator is not valid')
  }
  const { bulkPageRecords } = org.switches
  let size = Math.min(Number(asked ?? bulkPageRecords), bulkPageRecords)
  for (const fault of faults) if (fault.type === 'short-page') size = Math.min(size, Math.max(1, fault.entries))
  const end = Math.min(first + size, result.totalSize)
  return {
    status: 200,
    headers: {
      'content-type': 'text/csv',
      'sforce-numberofrecords': String(end - first),
      // The last page says so by a word, not by leaving the header out.
      'sforce-locator': end < result.totalSize ? locatorOf(end) : 'null',
    },
    body: { chunks: () => csvOf(job, first, end) },
  }
}

/** Rows written out at a time. */
const chunkRows = 500

/** Header row, then the records, a few at a time: a page may be larger than anybody wants to hold. */
function* csvOf({ result, columnDelimiter, lineEnding }: BulkJob, first: number, end: number): Iterable<string> {
  if (!result) return
  const write = (rows: readonly (readonly string[])[]): string =>
    stringify(rows as string[][], {
      quoted: true,
      quoted_empty: true,
      delimiter: columnDelimiters[columnDelimiter],
      record_delimiter: lineEnding === 'LF' ? '\n' : '\r\n',
    })
  yield write([result.columns])
  const datetimes = new Set(result.datetimes)
  for (let row = first; row < end; row += chunkRows) {
    const values = result.values(row, Math.min(end, row + chunkRows))
    yield write(values.map((record) => record.map((value, k) => cell(value, datetimes.has(k)))))
  }
}

// assumption: datetimes of bulk results end in Z, unlike those of queries.
function cell(value: Value, isDatetime: boolean): string {
  if (value === null) return ''
  return isDatetime && typeof value === 'number' ? new Date(value).toISOString() : String(value)
}

/** `MTAwMDA` is the place of record 10,000. */
function locatorOf(place: number): string {
  return Buffer.from(String(place)).toString('base64url')
}

function placeOf(locator: string | null): number | undefined {
  if (locator === null) return 0
  const text = Buffer.from(locator, 'base64url').toString()
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
}

function jobInfo(job: BulkJob, asked: boolean): Record<string, unknown> {
  const at = (time: number): string => new Date(time).toISOString().replace('Z', '+0000')
  return {
    id: job.id,
    operation: job.operation,
    object: job.object,
    createdById: recordId('User', job.user),
    createdDate: at(job.createdAt),
    systemModstamp: at(job.changedAt),
    state: job.state,
    concurrencyMode: 'Parallel',
    contentType: 'CSV',
    apiVersion: Number(job.version.slice(1)),
    lineEnding: job.lineEnding,
    columnDelimiter: job.columnDelimiter,
    ...(asked && {
      jobType: 'V2Query',
      numberRecordsProcessed: job.result?.totalSize ?? 0,
      retries: 0,
      totalProcessingTime: job.changedAt - job.createdAt,
      isPkChunkingSupported: true,
    }),
    ...(job.state === 'Failed' && { errorMessage: platformAssumed.bulkFailed }),
  }
}

function wrongState({ state }: BulkJob): Reply {
  return coreError(400, platformAssumed.bulkState, `The job is in state ${state}`)
}

function methodNotAllowed(method: string): Reply {
  return coreError(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${method}' not allowed`)
}

function document(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
