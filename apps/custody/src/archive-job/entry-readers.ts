import type { EntryReader, Reading, WitnessReader } from '@custody/archive'
import { data360, settledUntil } from '@custody/data360-source'
import { type ReadEntries, readConnectEntries, readEntries } from '@custody/entries-source'

import { exportConversations } from '@custody/export-source'
import type { Conversation } from '@custody/model'
import { type Clock, CustodyError, type Drops, type Reject, type Source } from '@custody/pipeline'
import { type SpooledReader, spooledReader } from '@custody/spool'
import type { OrgConnection } from './connect-org.ts'
import type { ReadingJob } from './reading-job.ts'
import type { ReadableSource } from './source-names.ts'

/** Entry requests under way at once: enough to fill the documented rate at half a second an answer. */
export const concurrentReads = 8

/** Makes readers of the entry sources of one run. Whoever asked closes them. */
export interface EntryReaders {
  reader(source: ReadableSource): WitnessReader
  /** What sources that are read by window left out so far, by source and reason. */
  leftOut(): Readonly<Record<string, Drops>>
  close(): Promise<void>
}

export function createEntryReaders(job: ReadingJob, connection: OrgConnection, clock: Clock): EntryReaders {
  const opened: { readonly source: ReadableSource; readonly spool: SpooledReader }[] = []
  const spooled = (source: ReadableSource, conversations: Source<Conversation>): EntryReader => {
    const spool = spooledReader({ source: conversations, directory: job.scratch })
    opened.push({ source, spool })
    return {
      source,
      read: async (asked, context) => (await spool.read(asked, context)).map((found): Reading => found ?? 'absent'),
      // Of a run over the first n conversations nobody can say who else was not asked for.
      ...(job.limit === null && { rest: (context) => spool.rest(context) }),
    }
  }
  const data360Reader = (): WitnessReader => {
    const reader = spooled('data360', data360Source(job, connection, clock))
    if (!job.witnesses.includes('data360')) return reader
    // A witness is not blamed for what it cannot show yet, so that is no gap either.
    const read: EntryReader['read'] = (asked, { signal, onReject }) =>
      reader.read(asked, {
        signal,
        onReject: (reject) => {
          if (reject.code !== 'DATA360_WINDOW_NOT_SETTLED') onReject(reject)
        },
      })
    return { ...reader, read, settledUntil: settledUntil(clock.now()) }
  }
  const exportReader = (): WitnessReader => {
    const reader = spooled('transcript-export', exportSource(job))
    if (job.witnesses.includes('transcript-export')) return { ...reader, settledUntil: job.exportedAt }
    let told = job.exportedAt === null || job.exportedAt >= job.window.to
    const read: EntryReader['read'] = (asked, context) => {
      if (!told) context.onReject(exportedTooEarly(job.exportedAt))
      told = true
      return reader.read(asked, context)
    }
    return { ...reader, read }
  }
  const make: Readonly<Record<ReadableSource, () => WitnessReader>> = {
    'conversation-data': () => oneByOne('conversation-data', readEntries(reading(job, connection))),
    connect: () =>
      oneByOne('connect', readConnectEntries({ ...reading(job, connection), apiVersion: job.org.apiVersion })),
    data360: data360Reader,
    'transcript-export': exportReader,
  }
  return {
    reader: (source) => make[source](),
    leftOut: () => Object.fromEntries(opened.map(({ source, spool }) => [source, spool.drops()])),
    async close() {
      for (const { spool } of opened) await spool.close()
    },
  }
}

/** What reading conversations one by one needs. */
export function reading(
  { window }: ReadingJob,
  { client, activeConversations }: OrgConnection,
): Parameters<typeof readEntries>[0] {
  return { org: client, window, activeConversations, concurrency: concurrentReads }
}

/** A reader that asks for each conversation by itself. */
function oneByOne(source: ReadableSource, read: ReadEntries): EntryReader {
  return {
    source,
    async read(conversations, { signal, onReject }) {
      const readings: Reading[] = []
      // The first failure stops the other lanes too: nothing goes on behind its back.
      const stop = new AbortController()
      const either = AbortSignal.any([signal, stop.signal])
      let next = 0
      const lane = async (): Promise<void> => {
        while (next < conversations.length) {
          const index = next++
          readings[index] = await readOne(read, conversations[index] as Conversation, either, onReject)
        }
      }
      const lanes = Array.from({ length: concurrentReads }, () =>
        lane().catch((error) => {
          stop.abort(error)
          throw error
        }),
      )
      const failed = (await Promise.allSettled(lanes)).find((each) => each.status === 'rejected')
      if (failed) throw stop.signal.reason
      return readings
    },
  }
}

async function readOne(
  read: ReadEntries,
  conversation: Conversation,
  signal: AbortSignal,
  onReject: Parameters<ReadEntries>[2],
): Promise<Reading> {
  try {
    return await read(conversation, signal, onReject)
  } catch (error) {
    signal.throwIfAborted()
    if (!CustodyError.isInstance(error) || (error.kind !== 'failure' && error.kind !== 'not-found')) throw error
    return error.code === 'ENTRIES_NOT_FOUND' ? 'absent' : 'failed'
  }
}

function data360Source(job: ReadingJob, connection: OrgConnection, clock: Clock): Source<Conversation> {
  const settings = job.org.data360
  if (!settings) throw new Error('a job with the source data360 has its settings')
  const { api, dataspace, timeZone, timestampsAre, names } = settings
  const { entry, conversation, participant, role } = names
  const part = job.parts.find(({ source }) => source === 'data360')
  return data360({
    api,
    org: api === 'connect' ? connection.client : connection.data360(dataspace),
    dataspace,
    window: part ? { from: part.from, to: part.to } : job.window,
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

function exportSource({ window, exportFiles, mapping, scratch }: ReadingJob): Source<Conversation> {
  return exportConversations({ paths: exportFiles, window, directory: scratch, ...(mapping && { mapping }) })
}

function exportedTooEarly(exportedAt: string | null): Omit<Reject, 'stage'> {
  return {
    code: 'EXPORT_BEFORE_WINDOW_END',
    subject: { type: 'Window', id: null },
    message: `The export was made at ${exportedAt}: what was sent later in the window is not in it.`,
  }
}
