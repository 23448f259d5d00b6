import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ArchiveResult, archiveName, verify } from '@custody/archive'
import { CustodyError } from '@custody/pipeline'
import type { ArchiveJob } from '../archive-job/archive-job.ts'
import { jobDigest } from './job-digest.ts'
import { runFolder, unfinishedRuns } from './run-record.ts'

/**
 * The archive of this very job, when its run was stopped in the moment between giving it its name and forgetting the run. The run is
 * forgotten now. Null in every other case.
 */
export async function alreadyWritten(job: ArchiveJob): Promise<{ runId: string; result: ArchiveResult } | null> {
  const digest = jobDigest(job)
  const run = unfinishedRuns(job.config.state.directory, job.orgAlias).find((known) => known.digest === digest)
  if (!run || job.replace) return null
  const { directory, container } = job.archive
  const name = archiveName(job.orgAlias, job.window)
  const path = join(directory, container === 'zip' ? `${name}.zip` : name)
  const report = await verify(path).catch((error: unknown) => {
    if (CustodyError.isInstance(error) && error.kind === 'not-found') return null
    throw error
  })
  if (report?.verdict !== 'valid' || report.run?.run.runId !== run.runId || report.tagManifestSha256 === null)
    return null
  await rm(runFolder(job.config.state.directory, job.orgAlias, run.runId), { recursive: true, force: true })
  const { mode, verdict, counts, payloadOxum } = report.run
  const { bytes, tagManifestSha256, recordsRoot } = report
  const facts = { mode, verdict, counts, payloadOxum, tagManifestSha256, recordsRoot, bytes }
  const result = { path, name, container, ...facts, sealed: report.seal !== null, leftovers: [] }
  return { runId: run.runId, result }
}
