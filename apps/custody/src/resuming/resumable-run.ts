import { hkdfSync } from 'node:crypto'
import { statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Journal, openJournal } from '@custody/journal'
import type { Clock } from '@custody/pipeline'
import { type ArchiveJob, nameOf } from '../archive-job/archive-job.ts'
import type { ArchiveFlags } from '../commands/archive.ts'
import { jobDigest } from './job-digest.ts'
import { keepRunRecord, runFolder, unfinishedRuns } from './run-record.ts'

/** A run that can go on after its process was killed: what it was told is kept until its archive stands. */
export interface ResumableRun {
  /** The job under its own run id: that of the run that goes on, if one does. */
  readonly job: ArchiveJob
  readonly journal: Journal
  /** How many answers an earlier process of this run was given; 0 for a new one. */
  readonly answers: number
  /** The archive stands: forgets everything of the run. */
  finish(): Promise<void>
  /** Keeps everything for the next try. */
  close(): Promise<void>
}

/**
 * After so long without a new answer none is used: texts may have changed since. How long the run has been reading does not
 * matter: it may take days.
 */
const maxIdleMs = 24 * 3_600_000

/**
 * Opens the run of a job: the unfinished one that was asked for the same, if there is one, or a new one.
 *
 * @throws CustodyError `JOURNAL_…`: `JOURNAL_LOCKED` where another process is at it
 */
export async function openResumableRun(job: ArchiveJob, flags: ArchiveFlags, clock: Clock): Promise<ResumableRun> {
  const state = job.config.state.directory
  const digest = jobDigest(job)
  const known = unfinishedRuns(state, job.orgAlias).find((run) => run.digest === digest)
  const runId = known?.runId ?? job.runId
  const folder = runFolder(state, job.orgAlias, runId)
  const file = join(folder, 'answers.journal')
  const key = new Uint8Array(hkdfSync('sha256', job.key, '', `custody/journal/v1|${runId}`, 32))
  if (!known) {
    const asked = withoutTalk(flags)
    const startedAt = new Date(clock.now()).toISOString()
    await keepRunRecord(folder, { v: 1, runId, digest, startedAt, flags: asked })
  }
  const lastWrittenAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
  let journal = await openJournal({ file, key, clock })
  if (clock.now() - Math.max(journal.opening.createdAt, lastWrittenAt) > maxIdleMs) {
    await journal.remove()
    journal = await openJournal({ file, key, clock })
  }
  const resumed = { ...job, runId }
  // It is ours alone now: what its killed process left half-written, in the clear, goes.
  if (known) await removeUnfinished(resumed)
  return {
    job: resumed,
    journal,
    answers: journal.opening.answers,
    async finish() {
      await journal.remove()
      await rm(folder, { recursive: true, force: true })
    },
    close: () => journal.close(),
  }
}

/** Who goes on with a run says anew how it is to talk, and who is to be told. */
function withoutTalk({
  json: _,
  quiet: __,
  debug: ___,
  metricsFile: ____,
  logFile: _____,
  logLevel: ______,
  ...asked
}: ArchiveFlags): Partial<ArchiveFlags> {
  return asked
}

async function removeUnfinished(job: ArchiveJob): Promise<void> {
  const { archive, runId } = job
  const name = nameOf(job)
  for (const file of [
    `.${name}.partial-${runId}`,
    `.${name}.zip.partial-${runId}`,
    `.${name}.partial-${runId}-files`,
  ]) {
    await rm(join(archive.directory, file), { recursive: true, force: true })
  }
}
