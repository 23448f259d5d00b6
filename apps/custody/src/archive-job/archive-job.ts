import { join } from 'node:path'
import { type Amends, amendmentName, archiveName } from '@custody/archive'
import { type Clock, usageError } from '@custody/pipeline'
import type { Policy } from '@custody/redact'
import type { ArchiveFlags } from '../commands/archive.ts'
import { type ArchiveOverrides, effectiveArchive } from '../config/effective.ts'
import type { Config } from '../config/schema.ts'
import { readKey } from '../config/secret.ts'
import { jobsOf } from '../jobs.ts'
import { readPolicy } from '../redacting/read-policy.ts'
import { type ReadingJob, readJob } from './reading-job.ts'
import { createRunId } from './run-id.ts'

/** Everything one archive run needs to know, checked. Making it requests and writes nothing. */
export interface ArchiveJob extends ReadingJob {
  readonly runId: string
  readonly archive: Config['archive']
  /** Null: everything is kept as received. */
  readonly policy: Policy | null
  /** What salts and pseudonyms are derived from. */
  readonly key: Uint8Array
  /** Whether the files that messages carry are fetched. */
  readonly attachments: boolean
  /** Where the chain of its seals stands, and how they are made. */
  readonly config: Pick<Config, 'state' | 'seal' | 'orgs'>
  /** The archive whose time is read again, and the number of what amends it; null for an archive of its own. */
  readonly amends: Pick<Amends, 'archive' | 'number'> | null
  readonly replace: boolean
  /** Whether even a sealed one is replaced: the demo's, whose chains have one archive each. */
  readonly replaceSealed?: boolean
  readonly allowEmpty: boolean
  /** Threads that redact and encode. @defaultValue by the cores, and by what there is to do */
  readonly jobs?: number | undefined
}

/**
 * The job of `custody archive`.
 *
 * @throws CustodyError of kind usage, naming file, key or flag.
 */
export function prepareArchiveJob(flags: ArchiveFlags, env: NodeJS.ProcessEnv, clock: Clock): ArchiveJob {
  if (flags.limit === 0) throw usageError('OPTION_MALFORMED', '--limit needs a whole number of at least 1.')
  const { config, reading } = readJob(flags, clock.now())
  const { org, orgAlias } = reading
  const archive = effectiveArchive(config.archive, flags satisfies ArchiveOverrides)
  const where = `orgs.${orgAlias}.archiveSecret`
  if (!org.archiveSecret) {
    throw usageError(
      'CONFIG_INVALID',
      `${flags.config}: ${where}: is missing.`,
      'Make a key with: openssl rand -hex 32',
      `Keep it safe, and name its place: archiveSecret: { env: NAME } or { file: PATH }.`,
    )
  }
  const policy = archive.redaction === undefined ? null : readPolicy(archive.redaction)
  return {
    ...reading,
    runId: createRunId(clock),
    archive,
    scratch: archive.directory,
    policy,
    // Files cannot be redacted: beside redacted texts they are only kept when somebody says so.
    attachments: flags.attachments ?? policy === null,
    key: readKey(org.archiveSecret, where, env),
    limit: flags.limit ?? null,
    config,
    amends: null,
    replace: flags.replace ?? false,
    allowEmpty: flags.allowEmpty ?? false,
    jobs: jobsOf(flags),
  }
}

/** What the archive of a job is called, without `.zip`. */
export function nameOf({ orgAlias, window, amends }: Pick<ArchiveJob, 'orgAlias' | 'window' | 'amends'>): string {
  return amends === null ? archiveName(orgAlias, window) : amendmentName(amends)
}

/** Where the archive of a job will stand. */
export function targetOf(job: Pick<ArchiveJob, 'orgAlias' | 'window' | 'amends' | 'archive'>): string {
  const { directory, container } = job.archive
  return join(directory, container === 'zip' ? `${nameOf(job)}.zip` : nameOf(job))
}
