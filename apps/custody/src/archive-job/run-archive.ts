import { type ArchiveOptions, type ArchiveResult, archive, reconcile } from '@custody/archive'
import { entries, readEntries } from '@custody/entries-source'
import type { Conversation } from '@custody/model'
import { type Clock, from, prefetch, type RunEvent, type RunSummary, rebatch } from '@custody/pipeline'
import { census, recount, recounted } from '@custody/records-source'
import { policyDigest, redact } from '@custody/redact'
import { version } from '../version.ts'
import type { ArchiveJob } from './archive-job.ts'
import type { OrgConnection } from './connect-org.ts'
import { limitRecords } from './limit-records.ts'

/** Entry requests under way at once: enough to fill the documented rate at half a second an answer. */
export const concurrentReads = 8

/** Conversations per batch from the reading of entries on. */
const conversationsInMemory = 40

export interface ArchiveRun {
  readonly result: ArchiveResult
  readonly summary: RunSummary
}

/** An archive run, assembled and checked, not yet started. */
export interface ArchivePipeline {
  run(options: { readonly signal: AbortSignal; readonly onEvent: (event: RunEvent) => void }): Promise<ArchiveRun>
}

/**
 * The main job: census, entries, reconciliation, redaction, archive.
 *
 * Assembling it checks every option and the target directory; nothing is requested until it runs.
 */
export function assembleArchive(
  job: ArchiveJob,
  { client, activeConversations }: OrgConnection,
  clock: Clock,
): ArchivePipeline {
  const { window, policy } = job
  const asking = { org: client, window, apiVersion: job.org.apiVersion }
  const reading = { org: client, window, activeConversations, concurrency: concurrentReads }

  let pipe = from(census(asking)).through(prefetch(1))
  if (job.limit !== null) pipe = pipe.through(limitRecords<Conversation>(job.limit))
  pipe = pipe
    // Small batches: a few conversations' entries are in memory at once, not a whole census page's.
    .through(rebatch(conversationsInMemory))
    .through(entries(reading))
    .through(recounted(asking))
    .through(prefetch(1))
    .through(reconcile({ recount: recount(asking), reread: readEntries(reading) }))
  if (policy !== null) pipe = pipe.through(redact({ policy, key: job.key, tenant: job.orgAlias }))

  let result: ArchiveResult | undefined
  const sink = archive({
    ...archiveOptions(job, clock),
    onWritten: (written) => {
      result = written
    },
  })
  return {
    async run(options) {
      const summary = await pipe.to(sink).run(options)
      return { result: result as ArchiveResult, summary }
    },
  }
}

/** How the archive of a job is to be written. */
function archiveOptions(job: ArchiveJob, clock: Clock): Omit<ArchiveOptions, 'onWritten'> {
  return {
    directory: job.archive.directory,
    org: job.orgAlias,
    window: job.window,
    container: job.archive.container,
    formats: job.archive.formats,
    mode: job.policy === null ? 'plain' : 'redacted',
    key: job.key,
    ifExists: job.replace ? 'replace' : 'refuse',
    clock,
    run: {
      runId: job.runId,
      tool: `custody/${version} node/${process.versions.node}`,
      startedAt: new Date(clock.now()).toISOString(),
      asked: { org: job.orgAlias, ...job.window, source: job.source, limit: job.limit },
      sources: [job.source],
      policyDigest: job.policy === null ? null : policyDigest(job.policy),
    },
  }
}
