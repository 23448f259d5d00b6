import type { ErasureStore } from '../erasure-store.ts'
import { composeReport, type ReportedRequest } from './compose-report.ts'
import type { ErasureReport } from './erasure-report.ts'
import { readEvents } from './read-events.ts'

/** Which requests a report is about, and as of when. */
export interface GatherReportOptions {
  readonly store: ErasureStore
  /** The org's alias, as the report names it. */
  readonly org: string
  /** References. @defaultValue all */
  readonly requests?: readonly string[]
  /** Epoch milliseconds. */
  readonly now: number
  /** Fingerprint of the key that will sign it. @defaultValue null: nobody signs it */
  readonly signer?: string | null
}

/**
 * Reads what is remembered and makes the report of it.
 *
 * @throws CustodyError `ERASURE_REQUEST_UNKNOWN`
 */
export async function gatherReport({
  store,
  org,
  requests,
  now,
  signer = null,
}: GatherReportOptions): Promise<ErasureReport> {
  const references = requests ?? (await store.requests()).map(({ reference }) => reference)
  const reported: ReportedRequest[] = []
  for (const reference of references) {
    // Asked first: it is what refuses a reference that nobody knows.
    const plan = await store.plan(reference)
    const request = await store.request(reference)
    if (request === null) continue
    reported.push({
      request,
      plan,
      targets: await store.targets({ request: reference }),
      events: await readEvents(store, reference),
      approvals: await store.approvals(reference),
    })
  }
  return composeReport(reported, { org, now, signer })
}
