import { type Answer, HttpStatusError, type OrgClient } from '@custody/http'
import { z } from 'zod'
import { checkQueryOptions } from './options.ts'
import { defaultApiVersion } from './wire.ts'

/** Which org is asked. */
export interface OrgLimitsOptions {
  readonly org: OrgClient
  /** @defaultValue `'66.0'` */
  readonly apiVersion?: string
  readonly signal?: AbortSignal
}

/** An allowance over the last 24 hours. */
export interface DailyAllowance {
  readonly max: number
  readonly remaining: number
}

/** What is left of the day's allowances; null where the org does not say. */
export interface OrgLimits {
  /** Requests of all users and programs to the org. Null where the org does not say. */
  readonly apiRequests: DailyAllowance | null
  /** Bulk API 2.0 query jobs. Null also where the execution user may not see limits (View Setup and Configuration). */
  readonly bulkQueryJobs: DailyAllowance | null
}

const allowanceSchema = z
  .object({ Max: z.number(), Remaining: z.number() })
  .transform(({ Max, Remaining }): DailyAllowance => ({ max: Max, remaining: Remaining }))
  .nullable()
  .catch(null)

const limitsSchema = z.object({ DailyApiRequests: allowanceSchema, DailyBulkV2QueryJobs: allowanceSchema })

/**
 * What is left of the org's daily allowances, in one request. Where the user may not see limits, the header that comes with
 * every answer tells of requests.
 *
 * @throws what the `OrgClient` throws
 */
export async function orgLimits(options: OrgLimitsOptions): Promise<OrgLimits> {
  checkQueryOptions('orgLimits', options)
  const { org, apiVersion = defaultApiVersion, signal } = options
  const base = `/services/data/v${apiVersion}`
  const get = <T>(path: string, parse: (document: unknown, answer: Answer) => T): Promise<T> =>
    org.getJson({ origin: 'instance', path, endpoint: 'limits', parse, ...(signal && { signal }) })
  try {
    return await get(`${base}/limits`, (document, answer) => {
      const { data } = limitsSchema.safeParse(document)
      return {
        apiRequests: data?.DailyApiRequests ?? readLimitInfo(answer),
        bulkQueryJobs: data?.DailyBulkV2QueryJobs ?? null,
      }
    })
  } catch (error) {
    const denied = error instanceof HttpStatusError && error.status === 403 && error.errorCode !== requestsUsedUp
    if (!denied) throw error
    return { apiRequests: await get(`${base}/`, (_, answer) => readLimitInfo(answer)), bulkQueryJobs: null }
  }
}

const requestsUsedUp = 'REQUEST_LIMIT_EXCEEDED'

/** Reads `Sforce-Limit-Info: api-usage=10018/100000`, which stands on nearly every answer of the org. Pure. */
export function readLimitInfo({ headers }: Pick<Answer, 'headers'>): DailyAllowance | null {
  const [, used, max] = /(?:^|[;,\s])api-usage=(\d{1,15})\/(\d{1,15})/.exec(headers['sforce-limit-info'] ?? '') ?? []
  if (used === undefined || max === undefined) return null
  return { max: Number(max), remaining: Math.max(0, Number(max) - Number(used)) }
}
