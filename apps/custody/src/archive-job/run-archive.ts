import {
  type Amends,
  type ArchiveOptions,
  type ArchiveResult,
  archive,
  archiveEncoded,
  type EncodedConversations,
  encodingFor,
  withoutTwins,
} from '@custody/archive'
import { attachments, createFileStore } from '@custody/attachments'
import type { Conversation, Json } from '@custody/model'
import type { Clock, Job, RunEvent, RunSummary, Stage } from '@custody/pipeline'
import type { SurveyedObject } from '@custody/records-source'
import { policyDigest, redact } from '@custody/redact'
import type { RunCost } from '@custody/report'
import type { Suppression } from '../erasing/suppression.ts'
import type { Sealing } from '../sealing/sealing.ts'
import { version } from '../version.ts'
import { type ArchiveJob, nameOf } from './archive-job.ts'
import { archivePages } from './archive-pages.ts'
import { assembleReading } from './assemble-reading.ts'
import type { OrgConnection } from './connect-org.ts'
import { encodedOnThreads } from './encoded-on-threads.ts'
import { createEntryReaders } from './entry-readers.ts'

export interface ArchiveRun {
  readonly result: ArchiveResult
  readonly summary: RunSummary
}

/** An archive run, assembled and checked, not yet started. */
export interface ArchivePipeline {
  run(options: { readonly signal: AbortSignal; readonly onEvent: (event: RunEvent) => void }): Promise<ArchiveRun>
}

/** What is done beside reading, redacting and writing. */
export interface ArchiveExtras {
  readonly sealing: ArchiveSealing | null
  /** The ledger's, right after reading and right before writing; null where it has no part in this run. */
  readonly ledger: LedgerStages | null
  /** Leaves out erased persons; null or left out where there are none. */
  readonly suppression?: Pick<Suppression, 'stage'> | null
  /** What an amendment says of its entries. */
  readonly amending?: Pick<Amends, 'amendmentOf' | 'vanished'>
  /** What the run cost until it is asked. */
  readonly cost?: () => RunCost
  /** Threads that redact and encode. What is archived is the same with any number. @defaultValue 0: the one that reads */
  readonly threads?: number
}

export type ArchiveSealing = Pick<Sealing, 'makeSeal' | 'archived'>

export interface LedgerStages {
  readonly read: Stage<Conversation, Conversation>
  readonly record: Stage<Conversation, Conversation>
  /** The same of what other threads have encoded; left out where none do. */
  readonly recordEncoded?: Stage<EncodedConversations, EncodedConversations>
}

/**
 * The main job: census, entries, further witnesses, reconciliation, suppression, redaction, archive.
 *
 * Nothing is requested until it runs.
 */
export function assembleArchive(
  job: ArchiveJob,
  connection: OrgConnection,
  clock: Clock,
  objects: readonly SurveyedObject[],
  { sealing, ledger, suppression = null, amending, cost, threads = 0 }: ArchiveExtras,
): ArchivePipeline {
  const { policy } = job
  const readers = createEntryReaders(job, connection, clock)
  let pipe = assembleReading(job, connection, readers)
  if (suppression !== null) pipe = pipe.through(suppression.stage)
  pipe = pipe.through(withoutTwins())
  if (ledger !== null) pipe = pipe.through(ledger.read)
  // Named like the unfinished archive: what a killed run leaves is found and told by the next one.
  const leftover = `.${nameOf(job)}.partial-${job.runId}-files`
  const files = job.attachments ? createFileStore(job.scratch, leftover) : null
  if (files !== null) {
    const { maxFileBytes } = job.org.attachments
    const { apiVersion } = job.org
    pipe = pipe.through(attachments({ org: connection.client, store: files, maxFileBytes, apiVersion, clock }))
  }
  const redaction = { key: job.key, tenant: job.orgAlias }
  // A policy that no archive can be made by is refused here, and not by a thread.
  const redacted = policy === null ? null : redact({ policy, ...redaction })

  let result: ArchiveResult | undefined
  const options: ArchiveOptions = {
    ...archiveOptions(job, clock, objects),
    ...(job.amends && amending && { amends: { ...job.amends, ...amending } }),
    finalFacts: () => ({ leftOut: readers.leftOut(), ...(cost && { cost: cost() as unknown as Json }) }),
    ...(files && { attachmentPlace: (sha256) => files.path(sha256) }),
    ...(sealing && {
      seal: sealing.makeSeal,
      audit: ({ verdict, counts, recordsRoot }) => sealing.archived(job, { verdict, counts, recordsRoot }),
    }),
    onWritten: (written) => {
      result = written
    },
  }
  const toArchive = (): Job => {
    if (threads > 0) {
      const encoded = pipe.through(encodedOnThreads(threads, { policy, ...redaction, encoding: encodingFor(options) }))
      const record = ledger?.recordEncoded
      return (record ? encoded.through(record) : encoded).to(archiveEncoded(options))
    }
    if (redacted !== null) pipe = pipe.through(redacted)
    if (ledger !== null) pipe = pipe.through(ledger.record)
    return pipe.to(archive(options))
  }
  const run = toArchive()
  return {
    async run(options) {
      try {
        const summary = await run.run(options)
        return { result: result as ArchiveResult, summary }
      } finally {
        await files?.close()
        await readers.close()
      }
    },
  }
}

/**
 * Checks how the archive is to be written, and where, before anything is requested.
 *
 * @throws CustodyError of kind usage, `ARCHIVE_EXISTS` among them
 */
export function checkTarget(job: ArchiveJob, clock: Clock): void {
  archive(archiveOptions(job, clock, []))
}

/** How the archive of a job is to be written. */
function archiveOptions(
  job: ArchiveJob,
  clock: Clock,
  objects: readonly SurveyedObject[],
): Omit<ArchiveOptions, 'onWritten'> {
  const { source, witnesses, fallback, limit } = job
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
    pages: archivePages,
    run: {
      runId: job.runId,
      tool: `custody/${version} node/${process.versions.node}`,
      startedAt: new Date(clock.now()).toISOString(),
      asked: {
        org: job.orgAlias,
        ...job.window,
        source: job.asked,
        limit,
        ...(job.chosen && { chosen: job.chosen.length }),
        witnesses,
        fallback,
        attachments: job.attachments,
        allowCounted: job.archive.allowCounted,
        legacyChats: job.legacyChats,
        api: job.org.data360?.api ?? null,
        exportedAt: job.exportedAt,
      },
      sources: source === 'mixed' ? job.parts.map((part) => ({ ...part })) : [source],
      objects: objects.map((object) => ({ ...object })),
      policyDigest: job.policy === null ? null : policyDigest(job.policy),
    },
  }
}
