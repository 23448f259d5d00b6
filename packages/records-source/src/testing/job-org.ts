import { HttpStatusError, type OrgSender, type SendRequest } from '@custody/http'
import { type QueryDocument, type QueryOrgOptions, queryOrg } from './query-org.ts'
import { parseSoql, type TableRow, valueAt } from './soql-table.ts'

/** A result page on its way out. */
export interface ResultPage {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** The headers of the answer. */
  readonly records: string | undefined
  readonly locator: string | undefined
}

export interface JobOrgOptions extends QueryOrgOptions {
  /** States a job goes through, one a look; it stays in the last. @defaultValue UploadComplete, InProgress, JobComplete */
  readonly states?: readonly string[]
  readonly errorMessage?: string
  /** Turns the number of rows a job claims into another. */
  readonly processed?: (rows: number) => number | null
  /** Turns the n-th result page of all (from 1) into another one, or throws. Text is sent as it is. */
  readonly spoil?: (page: ResultPage, n: number) => ResultPage | string | null
  /** Throws for the n-th request about jobs (from 1), to fail it. */
  readonly refuse?: (request: SendRequest<unknown>, n: number) => void
}

export interface JobOrg extends OrgSender {
  /** Queries and paths of the query resource. */
  readonly asked: readonly string[]
  /** `POST jobs/query`, `GET 750…`, `GET 750…/results`, in order. */
  readonly calls: readonly string[]
  /** Jobs not deleted. */
  readonly left: () => readonly string[]
  /** States of jobs at their deletion. */
  readonly deletedIn: readonly string[]
}

interface Job {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly states: string[]
}

/** {@link queryOrg} with Bulk API 2.0 query jobs. */
export function jobOrg(options: JobOrgOptions): JobOrg {
  const soql = queryOrg(options)
  const whole = queryOrg({
    tables: options.tables,
    ...(options.hidden && { hidden: options.hidden }),
    pageSize: Number.MAX_SAFE_INTEGER,
  })
  const jobs = new Map<string, Job>()
  const calls: string[] = []
  const deletedIn: string[] = []
  let pages = 0

  const create = async (query: string): Promise<object> => {
    const { fields } = parseSoql(query)
    const document = await whole.getJson({
      origin: 'instance',
      path: '/services/data/v66.0/query',
      query: { q: query },
      endpoint: 'query',
      parse: (answer) => answer as QueryDocument,
    })
    const rows = document.records.map((row) => fields.map((field) => String(valueAt(row as TableRow, field) ?? '')))
    const id = `750${String(jobs.size + deletedIn.length).padStart(15, '0')}`
    jobs.set(id, {
      header: fields,
      rows,
      states: [...(options.states ?? ['UploadComplete', 'InProgress', 'JobComplete'])],
    })
    return describe(id)
  }
  const describe = (id: string): object => {
    const job = find(id)
    const state = job.states[0]
    if (job.states.length > 1) job.states.shift()
    const { processed = (rows: number) => rows, errorMessage } = options
    return { id, state, numberRecordsProcessed: processed(job.rows.length), errorMessage }
  }
  const find = (id: string): Job => {
    const job = jobs.get(id)
    if (!job) throw jobError(404, 'NOT_FOUND')
    return job
  }
  const results = (
    id: string,
    maxRecords: number,
    locator: string | undefined,
  ): { text: string | null; headers: Record<string, string> } => {
    const { header, rows } = find(id)
    const start = locator === undefined ? 0 : Number(Buffer.from(locator, 'base64').toString())
    const end = start + maxRecords
    const given = rows.slice(start, end)
    const page: ResultPage = {
      header,
      rows: given,
      records: String(given.length),
      locator: end < rows.length ? Buffer.from(String(end)).toString('base64') : 'null',
    }
    const spoiled = options.spoil ? options.spoil(page, ++pages) : page
    const told = spoiled === null || typeof spoiled === 'string' ? page : spoiled
    return {
      text: typeof spoiled === 'object' && spoiled !== null ? csv(spoiled) : spoiled,
      headers: {
        ...(told.records !== undefined && { 'sforce-numberofrecords': told.records }),
        ...(told.locator !== undefined && { 'sforce-locator': told.locator }),
      },
    }
  }

  return {
    asked: soql.asked,
    calls,
    deletedIn,
    left: () => [...jobs.keys()],
    getJson: (request) => soql.getJson(request),
    async send(request) {
      request.signal?.throwIfAborted()
      const [, id, resource] = /\/jobs\/query(?:\/(\w+))?(\/results)?$/.exec(request.path) ?? []
      calls.push(`${request.method} ${id ?? 'jobs/query'}${resource ?? ''}`)
      options.refuse?.(request as SendRequest<unknown>, calls.length)
      // Tidying up has a time of its own.
      if (request.method === 'GET' || request.method === 'POST') await options.wait?.(request.signal)
      const answer = { status: 200, headers: {} }
      if (id === undefined) return request.parse(await create((request.body as { query: string }).query), answer)
      if (resource) {
        const { text, headers } = results(id, Number(request.query?.['maxRecords']), locatorOf(request))
        return request.parse(text, { status: 200, headers })
      }
      switch (request.method) {
        case 'PATCH':
          find(id).states.splice(0, Number.POSITIVE_INFINITY, 'Aborted')
          return request.parse(describe(id), answer)
        case 'DELETE':
          deletedIn.push(find(id).states[0] ?? '')
          jobs.delete(id)
          return request.parse(null, { status: 204, headers: {} })
        default:
          return request.parse(describe(id), answer)
      }
    },
  }
}

function locatorOf({ query }: Pick<SendRequest<unknown>, 'query'>): string | undefined {
  const locator = query?.['locator']
  return locator === undefined ? undefined : String(locator)
}

/** As the documentation shows it: everything quoted, LF. */
function csv({ header, rows }: ResultPage): string {
  return [header, ...rows]
    .map((cells) => `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`)
    .join('')
}

/** An answer about a job other than success. */
export function jobError(status: number, errorCode: string): HttpStatusError {
  return new HttpStatusError({
    status,
    endpoint: 'bulk-query',
    errorCode,
    retryAfterMs: null,
    retryable: false,
    attempt: 1,
  })
}
