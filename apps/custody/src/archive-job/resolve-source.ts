import { settledUntil } from '@custody/data360-source'
import { countWindow, type SurveyedObject, surveyObjects, type WindowCounts } from '@custody/records-source'
import { chooseSource } from './choose-source.ts'
import type { OrgConnection } from './connect-org.ts'
import type { ReadingJob } from './reading-job.ts'

export interface Counted<Job> {
  readonly found: WindowCounts
  /** Which objects the org shows. */
  readonly objects: readonly SurveyedObject[]
  /** The job, its source decided. */
  readonly job: Job
  /** Why this source; null where it was asked for by name. */
  readonly reason: string | null
}

/** Counts the window, and decides on the source where that was left to us. */
export async function countAndResolve<Job extends ReadingJob>(
  job: Job,
  { client }: OrgConnection,
  now: number,
  signal: AbortSignal,
): Promise<Counted<Job>> {
  const asking = { org: client, window: job.window, apiVersion: job.org.apiVersion, signal }
  const found = await countWindow(asking)
  const objects = await surveyObjects(asking)
  if (job.asked !== 'auto') return { found, objects, job, reason: null }
  const expected = found.conversations + found.outlyingSessions
  const { parts, reason } = chooseSource(job.window, expected, job.org, settledUntil(now), job.witnesses)
  const [only, second] = parts
  const source = second || !only ? 'mixed' : only.source
  // A fallback stands in for one source only: for another it would do nothing, and the archive must not say that it did.
  const stands = source === 'conversation-data' ? 'connect' : 'conversation-data'
  const fallback = job.fallback === stands ? job.fallback : null
  return { found, objects, job: { ...job, parts, source, fallback }, reason }
}
