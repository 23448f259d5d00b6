import { HttpStatusError, type OrgSender } from '@custody/http'
import { type Clock, CustodyError } from '@custody/pipeline'
import { z } from 'zod'
import { isNotVisible, notVisible } from './not-visible.ts'
import { defaultApiVersion, jobsPath } from './wire.ts'

/** The name of all requests about jobs. */
export const jobEndpoint = 'bulk-query'

/** How Bulk API 2.0 query jobs are run. */
export interface JobOptions {
  readonly sender: OrgSender
  readonly clock: Clock
  /** Longest time a job may take. */
  readonly maxJobMs: number
  /** Rows per result page. @defaultValue by object, 10,000 for most */
  readonly pageRows?: number | undefined
}

export interface JobQuery {
  readonly object: string
  readonly soql: string
}

/** Where jobs are made, and what stops them. */
export interface JobContext {
  readonly jobs: JobOptions
  readonly apiVersion?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** A job that has ended well. */
export interface EndedJob {
  readonly resultsPath: string
  readonly rows: number
}

/** Waiting starts with this and grows by half each time, up to the longest. */
const polling = { firstMs: 1_000, growth: 1.5, longestMs: 30_000 } as const

/** How long tidying up may take when a run is stopped. */
const disposalMs = 5_000

/**
 * Runs a query as a job and hands it to `use` once it is complete. In the end the job is deleted, and aborted first if it was
 * still going; that may fail, since Salesforce forgets jobs by itself.
 *
 * @throws CustodyError `CENSUS_JOB_FAILED`, `CENSUS_JOB_TIMEOUT`, `CENSUS_JOB_MALFORMED`, `CENSUS_OBJECT_NOT_VISIBLE`
 */
export async function* withJob<T>(
  query: JobQuery,
  context: JobContext,
  use: (job: EndedJob) => AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  const job = await createJob(query, context)
  let isOver = false
  try {
    const rows = await jobEnd(query, job, context, () => {
      isOver = true
    })
    yield* use({ resultsPath: `${job.path}/results`, rows })
  } finally {
    await dispose(job.path, isOver, context.jobs.sender)
  }
}

const jobSchema = z.object({
  id: z.string().regex(/^[a-zA-Z0-9]{15,18}$/),
  state: z.string(),
  numberRecordsProcessed: z.number().int().nonnegative().nullish(),
  errorMessage: z.string().nullish(),
})
type JobInfo = z.infer<typeof jobSchema>

interface Job {
  readonly path: string
  readonly info: JobInfo
}

async function createJob({ object, soql }: JobQuery, { jobs, apiVersion, signal }: JobContext): Promise<Job> {
  const path = jobsPath(apiVersion ?? defaultApiVersion)
  try {
    const info = await jobs.sender.send({
      method: 'POST',
      origin: 'instance',
      path,
      endpoint: jobEndpoint,
      body: { operation: 'query', query: soql, contentType: 'CSV', columnDelimiter: 'COMMA', lineEnding: 'LF' },
      // A job made twice costs one of ten thousand a day; it changes nothing.
      repeatable: true,
      parse: (document) => readJob(object, document),
      ...(signal && { signal }),
    })
    return { path: `${path}/${info.id}`, info }
  } catch (error) {
    throw isNotVisible(error) ? notVisible(object, error) : error
  }
}

/** Waits for the end of a job. Gives the number of its rows. */
async function jobEnd(
  { object }: JobQuery,
  { path, info: created }: Job,
  { jobs: { sender, clock, maxJobMs }, signal }: JobContext,
  onOver: () => void,
): Promise<number> {
  const began = clock.now()
  let info = created
  for (let waitMs: number = polling.firstMs; ; waitMs = Math.min(waitMs * polling.growth, polling.longestMs)) {
    switch (info.state) {
      case 'JobComplete':
        onOver()
        if (info.numberRecordsProcessed == null) throw jobMalformed(object, 'it does not say how many rows it gives')
        return info.numberRecordsProcessed
      case 'Failed':
      case 'Aborted':
        onOver()
        throw jobFailed(object, info)
      case 'UploadComplete':
      case 'InProgress':
        break
      default:
        throw jobMalformed(object, 'it is in a state nobody documents')
    }
    const leftMs = began + maxJobMs - clock.now()
    if (leftMs <= 0) throw jobTimeout(object, maxJobMs)
    await clock.sleep(Math.min(waitMs, leftMs), signal)
    info = await sender.send({
      method: 'GET',
      origin: 'instance',
      path,
      endpoint: jobEndpoint,
      parse: (document) => readJob(object, document),
      ...(signal && { signal }),
    })
  }
}

async function dispose(path: string, isOver: boolean, sender: OrgSender): Promise<void> {
  // Of its own, since that of the run may be what ended it.
  const signal = AbortSignal.timeout(disposalMs)
  const about = { origin: 'instance', path, endpoint: jobEndpoint, parse: () => undefined, signal } as const
  try {
    if (!isOver) await sender.send({ ...about, method: 'PATCH', body: { state: 'Aborted' }, repeatable: true })
    await sender.send({ ...about, method: 'DELETE', as: 'text' })
  } catch {
    // Nothing of ours depends on it, and the error of the run is the one to be told.
  }
}

function readJob(object: string, document: unknown): JobInfo {
  const result = jobSchema.safeParse(document)
  if (!result.success) throw jobMalformed(object, 'its description lacks id or state')
  return result.data
}

function jobMalformed(object: string, what: string): CustodyError {
  return new CustodyError('CENSUS_JOB_MALFORMED', `The Bulk API job over ${object}: ${what}.`, {
    actions: [without, 'Check instance URL and apiVersion: something other than the Bulk API may have answered.'],
  })
}

function jobFailed(object: string, { state, errorMessage }: JobInfo): CustodyError {
  // Its first word is a code or a class; the rest quotes the query.
  const code = /^[A-Za-z][A-Za-z_]{2,60}(?=\s?:)/.exec(errorMessage ?? '')?.[0]
  const how = state === 'Aborted' ? 'was aborted by somebody' : `failed${code ? ` (${code})` : ''}`
  return new CustodyError('CENSUS_JOB_FAILED', `The Bulk API job over ${object} ${how}.`, {
    retryable: true,
    actions: [without, 'Take a shorter window.', 'Setup > Bulk Data Load Jobs tells more about the job.'],
  })
}

function jobTimeout(object: string, ms: number): CustodyError {
  const minutes = Math.round(ms / 60_000)
  return new CustodyError('CENSUS_JOB_TIMEOUT', `The Bulk API job over ${object} was not done after ${minutes} min.`, {
    retryable: true,
    actions: [without, 'Take a shorter window.'],
  })
}

const without = 'Run again without Bulk API jobs (bulk: never): the query resource gives the same rows.'

/** Results can be had only by the API version that made the job. */
export function isOtherVersion(error: unknown): boolean {
  return error instanceof HttpStatusError && error.status === 409
}

export function otherVersion(object: string, cause: unknown): CustodyError {
  return new CustodyError(
    'CENSUS_JOB_VERSION',
    `The results of the Bulk API job over ${object} belong to another API version than they were asked for with.`,
    { cause, actions: ['Check that nothing between Custody and Salesforce rewrites the address.', without] },
  )
}
