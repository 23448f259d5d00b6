import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import { readSealFiles } from '@custody/archive'
import type { PlannedExport } from '@custody/erasure'
import { CustodyError, usageError } from '@custody/pipeline'
import { chosenConversations } from '@custody/records-source'
import { type ArchiveJob, nameOf, prepareArchiveJob } from '../archive-job/archive-job.ts'
import type { OrgConnection } from '../archive-job/connect-org.ts'
import { assembleArchive, checkTarget } from '../archive-job/run-archive.ts'
import { exitCodeOfArchive } from '../archive-job/run-archive-command.ts'
import type { CommandContext } from '../command-context.ts'
import type { Config } from '../config/schema.ts'
import { exitCodes } from '../exit-code.ts'
import { openSealing } from '../sealing/sealing.ts'
import { connectForErasure } from './erasure-connection.ts'
import type { Erasures } from './open-erasures.ts'

/** Where the archives stand that were made of what is to go: apart from those of windows, in whose chain no time stands twice. */
export function exportsDirectory({ archive }: Pick<Config, 'archive'>, reference?: string): string {
  return join(archive.directory, 'erasure-exports', ...(reference === undefined ? [] : [reference]))
}

/**
 * Archives exactly these conversations of a request, whole and sealed, in a chain of their own.
 *
 * @throws CustodyError `EXPORT_UNSEALED` (usage), `EXPORT_INCOMPLETE` (refused), and those of archiving
 */
export async function exportConversations(
  reference: string,
  identifiers: readonly string[],
  erasures: Erasures,
  configFile: string,
  context: CommandContext,
): Promise<PlannedExport> {
  const { clock, signal, env } = context
  if (erasures.config.seal === undefined) throw unsealed()
  const connection = await connectForErasure(erasures, context)
  try {
    const job = await jobOf(reference, identifiers, erasures, configFile, connection, context)
    checkTarget(job, clock)
    const sealing = await openSealing({ ...job, archives: job.archive.directory, env, clock, signal })
    try {
      await sealing?.note({ act: 'archive.start', run: job.runId, obj: nameOf(job), detail: { ...job.window } })
      const pipeline = assembleArchive(job, connection, clock, [], { sealing, ledger: null })
      const { result } = await pipeline.run({ signal, onEvent: () => undefined })
      await sealing?.sealed(result.path, job)
      if (exitCodeOfArchive(job, result) !== exitCodes.done) throw incomplete(reference, result.path, result.verdict)
      const path = result.path.slice(exportsDirectory(erasures.config, reference).length + 1)
      return { archive: path.replaceAll('\\', '/'), seal: (await sealDigest(result.path)) ?? '' }
    } finally {
      await sealing?.close()
    }
  } finally {
    await connection.close()
  }
}

/** The export of a plan as it is now; null where it is gone, or bears no seal. */
export async function exportNow(
  { archive }: PlannedExport,
  reference: string,
  config: Pick<Config, 'archive'>,
): Promise<PlannedExport | null> {
  const seal = await sealDigest(join(exportsDirectory(config, reference), archive)).catch(() => null)
  return seal === null ? null : { archive, seal }
}

/** SHA-256 of the seal, in hex; null where there is none. */
async function sealDigest(path: string): Promise<string | null> {
  const seal = (await readSealFiles(path)).get('seal/seal.txt')
  return seal === undefined ? null : createHash('sha256').update(seal).digest('hex')
}

async function jobOf(
  reference: string,
  identifiers: readonly string[],
  { config, orgAlias, org }: Erasures,
  configFile: string,
  { client }: Pick<OrgConnection, 'client'>,
  { env, clock, signal }: CommandContext,
): Promise<ArchiveJob> {
  const source = org.reading.source === 'connect' ? 'connect' : 'conversation-data'
  const [from, to] = await timeOf(identifiers, client, org.apiVersion, clock.now(), signal)
  const job = prepareArchiveJob(
    { config: configFile, org: orgAlias, from, to, source, witness: '', redact: 'none', attachments: true },
    env,
    clock,
  )
  const directory = join(exportsDirectory(config, reference), job.runId)
  const origin = `${config.orgs[orgAlias]?.origin ?? orgAlias}.erasure.${reference}.${job.runId}`
  return {
    ...job,
    chosen: identifiers,
    scratch: directory,
    archive: { ...job.archive, directory },
    config: {
      ...job.config,
      // A chain of its own: its log and the head of it are kept apart.
      state: { directory: join(config.state.directory, orgAlias, 'exports', job.runId) },
      orgs: { ...job.config.orgs, [orgAlias]: { ...org, origin } },
    },
  }
}

/** A time that holds all of them for certain. */
async function timeOf(
  identifiers: readonly string[],
  org: OrgConnection['client'],
  apiVersion: string,
  now: number,
  signal: AbortSignal,
): Promise<readonly [from: string, to: string]> {
  let first = now
  for (let start = 0; start < identifiers.length; start += 100) {
    const asked = identifiers.slice(start, start + 100)
    const { conversations } = await chosenConversations(asked, { org, apiVersion, signal })
    for (const { startTime, sessions } of conversations) {
      for (const time of [startTime, ...sessions.map((session) => session.startTime)]) {
        first = time === null ? 0 : Math.min(first, Date.parse(time))
      }
    }
  }
  return [new Date(Math.max(0, first - dayMs)).toISOString().slice(0, 10), new Date(now).toISOString()]
}

const dayMs = 86_400_000

function unsealed(): CustodyError {
  return usageError(
    'EXPORT_UNSEALED',
    'What is exported before it is erased is sealed, and no key is configured.',
    'Make one: custody keys init, and add `seal` to the configuration.',
  )
}

function incomplete(reference: string, path: string, verdict: string): CustodyError {
  return new CustodyError(
    'EXPORT_INCOMPLETE',
    `The export of ${reference}, ${basename(path)}, is ${verdict}: not everything that will go is proven to be in it.`,
    {
      kind: 'refused',
      actions: ['Look at its gaps.csv, then plan again with --export. Nothing was planned.'],
    },
  )
}
