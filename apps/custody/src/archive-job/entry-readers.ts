import type { EntryReader, Reading, WitnessReader } from '@custody/archive'
import { data360, settledUntil } from '@custody/data360-source'
import { readConnectEntries, readEntries } from '@custody/entries-source'
import { exportReader } from '@custody/export-source'
import type { OrgClient } from '@custody/http'
import type { Conversation, Instant } from '@custody/model'
import type { Clock, Drops, Source } from '@custody/pipeline'
import { type SpooledReader, spooledReader } from '@custody/spool'
import { seenTo } from '../resuming/reading-client.ts'
import type { OrgConnection } from './connect-org.ts'
import { concurrentReads, oneByOne } from './one-by-one.ts'
import { excusing, tellingAge, testifying } from './reader-roles.ts'
import type { ReadingJob } from './reading-job.ts'
import type { ReadableSource } from './source-names.ts'

/** Makes readers of the entry sources of one run. Whoever asked closes them. */
export interface EntryReaders {
  /** One that the archive is made from. */
  source(source: ReadableSource): EntryReader
  /** One that testifies: it is not blamed for what it cannot give, and the run goes on without it when it is down. */
  witness(source: ReadableSource): WitnessReader
  /** Tells that conversations were left out by a limit: nobody can say then who else was not asked for. */
  limited(): void
  /** What sources that are read by window left out so far, by source and reason. */
  leftOut(): Readonly<Record<string, Drops>>
  close(): Promise<void>
}

export function createEntryReaders(job: ReadingJob, connection: OrgConnection, clock: Clock): EntryReaders {
  const opened: { readonly source: ReadableSource; readonly spool: SpooledReader }[] = []
  let isLimited = false
  const spooled = (source: ReadableSource, spool: SpooledReader): EntryReader => {
    opened.push({ source, spool })
    return {
      source,
      read: async (asked, context) => (await spool.read(asked, context)).map((found): Reading => found ?? 'absent'),
      async *rest(context) {
        if (!isLimited) yield* spool.rest(context)
      },
    }
  }
  const make: Readonly<Record<ReadableSource, () => EntryReader>> = {
    'conversation-data': () => oneByOne('conversation-data', readEntries(reading(job, connection.reading))),
    connect: () =>
      oneByOne('connect', readConnectEntries({ ...reading(job, connection.reading), apiVersion: job.org.apiVersion })),
    data360: () =>
      spooled('data360', spooledReader({ source: data360Source(job, connection, clock), directory: job.scratch })),
    'transcript-export': () => spooled('transcript-export', readExport(job)),
  }
  return {
    source(source) {
      const reader = make[source]()
      if (source === 'transcript-export') return tellingAge(reader, job)
      // What Data 360 does not show yet, the other part of a mixed run reads.
      return job.source === 'mixed' ? excusing(reader, ['DATA360_WINDOW_NOT_SETTLED']) : reader
    },
    witness(source) {
      const reader = testifying(excusing(make[source](), blindSpots))
      if (source === 'data360') return { ...reader, settledUntil: within(job, settledUntil(clock.now())) }
      if (source !== 'transcript-export') return reader
      const { exportedAt } = job
      // One of unknown age may lack whatever came after it.
      return exportedAt === null ? { ...reader, whole: false } : { ...reader, settledUntil: within(job, exportedAt) }
    },
    limited() {
      isLimited = true
    },
    leftOut: () => Object.fromEntries(opened.map(({ source, spool }) => [source, spool.drops()])),
    async close() {
      for (const { spool } of opened) await spool.close()
    },
  }
}

/** What a witness is not blamed for: it never gives it, or cannot show it yet. */
const blindSpots: readonly string[] = ['CONNECT_TEXT_ONLY', 'CONNECT_WITHOUT_BOTS', 'DATA360_WINDOW_NOT_SETTLED']

/** Null where all of the window is settled. */
function within({ window }: ReadingJob, settledUntil: Instant): Instant | null {
  return settledUntil >= window.to ? null : settledUntil
}

/** What reading conversations one by one needs. */
export function reading({ window }: ReadingJob, org: OrgClient): Parameters<typeof readEntries>[0] {
  return { org, window, activeConversations: seenTo, concurrency: concurrentReads }
}

function data360Source(job: ReadingJob, connection: OrgConnection, clock: Clock): Source<Conversation> {
  const settings = job.org.data360
  if (!settings) throw new Error('a job with the source data360 has its settings')
  const { api, dataspace, timeZone, timestampsAre, names } = settings
  const { entry, conversation, participant, role } = names
  return data360({
    api,
    org: api === 'connect' ? connection.client : connection.data360(dataspace),
    dataspace,
    window: job.window,
    timeZone,
    timestampsAre,
    names: {
      ...(entry && { entry }),
      ...(conversation && { conversation }),
      ...(participant && { participant }),
      ...(role && { role }),
    },
    apiVersion: job.org.apiVersion,
    clock,
  })
}

function readExport({ window, exportFiles, mapping, scratch }: ReadingJob): SpooledReader {
  return exportReader({ paths: exportFiles, window, directory: scratch, ...(mapping && { mapping }) })
}
