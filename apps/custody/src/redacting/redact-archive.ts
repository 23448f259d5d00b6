import { hkdfSync } from 'node:crypto'
import { existsSync } from 'node:fs'
import {
  type ArchiveContainer,
  type ArchiveFormat,
  type ArchiveResult,
  archive,
  archiveEncoded,
  encodingFor,
  type ReadableArchive,
  readArchive,
} from '@custody/archive'
import type { Json } from '@custody/model'
import { type Clock, CustodyError, from } from '@custody/pipeline'
import { createEvidence, type Policy, policyDigest, rulePackVersion, type Vault } from '@custody/redact'
import { archivePages } from '../archive-job/archive-pages.ts'
import { createRunAccount } from '../archive-job/run-account.ts'
import { createCallCounter } from '../archive-job/time-spent.ts'
import { loadConfig } from '../config/load.ts'
import { openSealing, type Sealing } from '../sealing/sealing.ts'
import { redactedChain } from './redacted-chain.ts'
import { redactedLines } from './redacted-lines.ts'
import type { RedactionKey } from './redaction-key.ts'

export interface ArchiveToRedact {
  readonly path: string
  readonly policy: Policy
  /** The list of people as it was written, or null. */
  readonly people: string | null
  /** Opened where the policy asks for one. */
  readonly vault: Vault | null
  /** The key of the org that the archive is of. */
  readonly keyOf: (org: string) => RedactionKey
  readonly directory: string
  readonly container: ArchiveContainer
  readonly formats: readonly ArchiveFormat[]
  /** The configuration file; where it has the org and a seal, the copy is sealed. */
  readonly config: string
  readonly runId: string
  readonly tool: string
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Threads that redact; by the cores where nothing is said. */
  readonly jobs: number | undefined
  /** Conversations that are through. */
  readonly onProgress: (conversations: number, of: number) => void
}

export interface RedactedArchive {
  readonly result: ArchiveResult
  /** Files of the source, which are left out: nobody looked into them. */
  readonly filesLeftOut: number
  readonly sealing: Pick<Sealing, 'fingerprint' | 'unstamped'> | null
}

/**
 * Makes a redacted archive of a plain one: verified, read, redacted, written, sealed where keys are configured. Its `run.json` names
 * the archive it came from. What is known of people is what the archive holds: participants and senders, not contacts.
 *
 * @throws CustodyError `ARCHIVE_NOT_VALID`, `REDACT_SOURCE_MODE`, `REDACT_SOURCE_AMENDS`, `ARCHIVE_EXISTS` `THREAD_FAILED`, and those of reading, writing,
 * sealing
 */
export async function redactArchive(job: ArchiveToRedact): Promise<RedactedArchive> {
  const source = await readArchive(job.path, { signal: job.signal })
  assertPlain(source, job.path)
  const { run } = source
  const { policy, people, vault } = job
  const key = job.keyOf(run.org)
  const evidence = createEvidence({ policy, ...key })
  // No org is asked: what it costs is time.
  const { clock } = job
  const calls = createCallCounter()
  const account = createRunAccount({ clock, startedAt: clock.now(), calls, org: null, answersKept: 0 })
  const finalFacts = (): Readonly<Record<string, Json>> => ({
    // What was done, in counts.
    redaction: evidence.totals() as unknown as Json,
    cost: account.cost() as unknown as Json,
  })
  // The options of the archive are checked before anything of the chain is opened.
  archive(archiveOptions(job, source, key, finalFacts, null))
  const sealing = await openChain(job, source)
  try {
    const detail = { from: run.archive, tagManifestSha256: source.tagManifestSha256 }
    await sealing?.note({ act: 'archive.start', run: job.runId, obj: nameOf(source), detail })
    let result: ArchiveResult | undefined
    const options = archiveOptions(job, source, key, finalFacts, sealing)
    const sink = archiveEncoded({
      ...options,
      onWritten: (written) => {
        result = written
      },
    })
    const redacted = redactedLines({
      policy,
      key,
      people,
      encoding: encodingFor(options),
      evidence,
      vault,
      jobs: job.jobs,
      bytes: Number.parseInt(run.payloadOxum, 10),
      onProgress: (through) => job.onProgress(through, run.counts.found),
    })
    await from(source.lines).through(redacted).to(sink).run({ signal: job.signal, onEvent: account.onRunEvent })
    const written = result as ArchiveResult
    await sealing?.sealed(written.path, { runId: job.runId })
    const { attachments } = run.counts
    return {
      result: written,
      filesLeftOut: attachments,
      sealing: sealing && { fingerprint: sealing.fingerprint, unstamped: sealing.unstamped },
    }
  } finally {
    await sealing?.close()
  }
}

/** A redacted copy stands beside its original: each needs a name of its own. */
function nameOf({ run }: ReadableArchive): string {
  return `${run.archive}.redacted`
}

function assertPlain({ run }: ReadableArchive, path: string): void {
  if (run.mode !== 'plain') {
    throw new CustodyError('REDACT_SOURCE_MODE', `${path} is ${run.mode} already.`, {
      kind: 'refused',
      actions: ['Redact the plain archive it was made from: what the first policy took out cannot be looked at again.'],
    })
  }
  if (run.amends) {
    throw new CustodyError('REDACT_SOURCE_AMENDS', `${path} amends ${run.amends.archive}: alone it is not redacted.`, {
      kind: 'refused',
      actions: ['Archive its window again, redacted: custody archive --redact POLICY'],
    })
  }
}

function archiveOptions(
  job: ArchiveToRedact,
  source: ReadableArchive,
  { key }: RedactionKey,
  finalFacts: () => Readonly<Record<string, Json>>,
  sealing: Sealing | null,
): Parameters<typeof archive>[0] {
  const { run, tagManifestSha256 } = source
  const { clock, runId, tool, policy } = job
  return {
    directory: job.directory,
    org: run.org,
    window: run.window,
    name: nameOf(source),
    container: job.container,
    formats: job.formats,
    mode: 'redacted',
    key: saltKey(key, policy),
    clock,
    pages: archivePages,
    run: {
      runId,
      tool,
      startedAt: new Date(clock.now()).toISOString(),
      redactedFrom: {
        archive: run.archive,
        tagManifestSha256,
        recordsRoot: run.recordsRoot,
        finishedAt: run.finishedAt,
        filesLeftOut: run.counts.attachments,
      },
      policyDigest: policyDigest(policy),
      rulePack: rulePackVersion,
    },
    finalFacts,
    ...(sealing && {
      seal: sealing.makeSeal,
      audit: ({ verdict, counts, recordsRoot }) => sealing.archived({ runId }, { verdict, counts, recordsRoot }),
    }),
  }
}

/** Not the salts of the original: whoever is shown a redacted conversation must not learn the salt of the plain one. */
function saltKey(key: Uint8Array, policy: Policy): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', `custody/redacted-copy/v1|${policyDigest(policy)}`, 32))
}

async function openChain(job: ArchiveToRedact, { run }: ReadableArchive): Promise<Sealing | null> {
  if (!existsSync(job.config)) return null
  const config = loadConfig(job.config)
  const chain = redactedChain(config, run.org, policyDigest(job.policy))
  if (chain === null) return null
  const { directory, env, clock, signal } = job
  return await openSealing({ ...chain, archives: directory, window: run.window, env, clock, signal })
}
