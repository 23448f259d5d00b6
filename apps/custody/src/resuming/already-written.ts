import { rm } from 'node:fs/promises'
import { type ArchiveResult, verify } from '@custody/archive'
import type { Ledger } from '@custody/ledger'
import { CustodyError } from '@custody/pipeline'
import { type ArchiveJob, nameOf, targetOf } from '../archive-job/archive-job.ts'
import { commitRun } from '../remembering/remember-run.ts'
import { jobDigest } from './job-digest.ts'
import { runFolder, unfinishedRuns } from './run-record.ts'

/**
 * The archive of this very job, when its run was stopped in the moment between giving it its name and forgetting the run. The ledger
 * takes it in, and the run is forgotten now. Null in every other case.
 */
export async function alreadyWritten(
  job: ArchiveJob,
  ledger: Ledger,
): Promise<{ runId: string; result: ArchiveResult } | null> {
  const digest = jobDigest(job)
  const run = unfinishedRuns(job.config.state.directory, job.orgAlias).find((known) => known.digest === digest)
  if (!run || job.replace) return null
  const path = targetOf(job)
  const report = await verify(path).catch((error: unknown) => {
    if (CustodyError.isInstance(error) && error.kind === 'not-found') return null
    throw error
  })
  if (report?.verdict !== 'valid' || report.run?.run.runId !== run.runId || report.tagManifestSha256 === null)
    return null
  const { mode, verdict, counts, payloadOxum } = report.run
  const { bytes, tagManifestSha256, recordsRoot } = report
  const facts = { mode, verdict, counts, payloadOxum, tagManifestSha256, recordsRoot, bytes }
  const result = {
    path,
    name: nameOf(job),
    container: job.archive.container,
    ...facts,
    sealed: report.seal !== null,
    leftovers: [],
  }
  await commitRun(ledger, { ...job, runId: run.runId }, result, null)
  await rm(runFolder(job.config.state.directory, job.orgAlias, run.runId), { recursive: true, force: true })
  return { runId: run.runId, result }
}

/** Forgets runs that the ledger knows to have their archive: their process was stopped a moment before it did. */
export async function forgetFinished({ config, orgAlias }: ArchiveJob, ledger: Ledger): Promise<void> {
  const archived = new Set((await ledger.runs({ org: orgAlias, state: 'archived' })).map(({ id }) => id))
  for (const { runId } of unfinishedRuns(config.state.directory, orgAlias)) {
    if (!archived.has(runId)) continue
    await rm(runFolder(config.state.directory, orgAlias, runId), { recursive: true, force: true })
  }
}
