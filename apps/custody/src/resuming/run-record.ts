import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { usageError } from '@custody/pipeline'
import type { ArchiveFlags } from '../commands/archive.ts'
import { orgState } from '../config/org-state.ts'

/** What is kept of a run until its archive stands: enough to begin it again as it was asked for. Nothing secret. */
export interface RunRecord {
  readonly v: 1
  readonly runId: string
  /** Two runs of one digest make the same archive. */
  readonly digest: string
  readonly startedAt: string
  /** The flags as they were given. */
  readonly flags: Partial<ArchiveFlags>
}

/** The folder of a run, under the state directory. */
export function runFolder(stateDirectory: string, orgAlias: string, runId: string): string {
  return join(orgState(stateDirectory, orgAlias), 'runs', runId)
}

export async function keepRunRecord(folder: string, record: RunRecord): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, 'job.json'), `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600, flush: true })
}

/** The runs of an org that were begun and have no archive yet, newest first. */
export function unfinishedRuns(stateDirectory: string, orgAlias: string): readonly RunRecord[] {
  const parent = join(orgState(stateDirectory, orgAlias), 'runs')
  if (!existsSync(parent)) return []
  return readdirSync(parent)
    .flatMap((runId) => readRunRecord(join(parent, runId)) ?? [])
    .sort((one, other) => (one.startedAt < other.startedAt ? 1 : -1))
}

/**
 * A run by its id, whichever org it is of.
 *
 * @throws CustodyError `RUN_UNKNOWN` of kind usage
 */
export function findRunRecord(stateDirectory: string, runId: string): RunRecord {
  const orgs = existsSync(stateDirectory) && /^[A-Za-z0-9-]{1,64}$/.test(runId) ? readdirSync(stateDirectory) : []
  for (const org of orgs) {
    const record = readRunRecord(runFolder(stateDirectory, org, runId))
    if (record?.runId === runId) return record
  }
  throw usageError(
    'RUN_UNKNOWN',
    `There is no unfinished run ${JSON.stringify(runId.slice(0, 64))} in ${stateDirectory}.`,
    'A run that wrote its archive is finished. Otherwise check the id, and state.directory of the configuration.',
  )
}

/** Null for what is none: a folder that was made a moment before its process was killed. */
function readRunRecord(folder: string): RunRecord | null {
  try {
    const record = JSON.parse(readFileSync(join(folder, 'job.json'), 'utf8')) as RunRecord
    return record.v === 1 && typeof record.digest === 'string' ? record : null
  } catch {
    return null
  }
}
