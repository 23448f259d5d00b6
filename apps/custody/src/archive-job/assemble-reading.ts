import { entriesFrom, reconcile, witnessed } from '@custody/archive'
import { connectEntries, entries, readConnectEntries, readEntries } from '@custody/entries-source'
import type { Conversation } from '@custody/model'
import { from, type Pipe, prefetch, rebatch, type Stage } from '@custody/pipeline'
import { type Bulk, census, censusOf, legacyTranscripts, recount, recounted } from '@custody/records-source'
import type { OrgConnection } from './connect-org.ts'
import { type EntryReaders, reading } from './entry-readers.ts'
import { followedBy } from './followed-by.ts'
import { limitRecords } from './limit-records.ts'
import type { ReadingJob } from './reading-job.ts'
import { routedReader } from './routed-reader.ts'

/** Conversations per batch from the reading of entries on. */
const conversationsInMemory = 40

/** Every conversation of the window with its entries and its verdict: census, entries, further witnesses, reconciliation. */
export function assembleReading(job: ReadingJob, connection: OrgConnection, readers: EntryReaders): Pipe<Conversation> {
  const asking = { org: connection.client, window: job.window, apiVersion: job.org.apiVersion }
  const named = job.chosen === undefined ? census({ ...asking, bulk: bulkOf(job) }) : censusOf(job.chosen, asking)
  let pipe = from(named).through(prefetch(1))
  if (job.limit !== null) pipe = pipe.through(limitRecords<Conversation>(job.limit, () => readers.limited()))
  pipe = pipe
    // Small batches: a few conversations' entries are in memory at once, not a whole census page's.
    .through(rebatch(conversationsInMemory))
    .through(entriesStage(job, connection, readers))
  if (job.witnesses.length > 0) pipe = pipe.through(witnessed(job.witnesses.map((source) => readers.witness(source))))
  if (job.legacyChats) pipe = pipe.through(followedBy(legacyTranscripts({ ...asking, bulk: bulkOf(job) })))
  return pipe
    .through(recounted(asking))
    .through(prefetch(1))
    .through(reconcile({ recount: recount(asking), ...rereading(job, connection) }))
}

/** Pages as large as those of the query resource: a page of a job is a batch, and two batches are in memory at once. */
const bulkPageRows = 2_000

function bulkOf({ org }: ReadingJob): Bulk {
  if (org.bulk === 'never') return 'never'
  return { pageRows: bulkPageRows, ...(org.bulk === 'always' && { fromRows: 0 }) }
}

/** The stage that fills conversations with entries, from the source or sources that the job names. */
function entriesStage(
  job: ReadingJob,
  connection: OrgConnection,
  readers: EntryReaders,
): Stage<Conversation, Conversation> {
  const oneByOne = reading(job, connection.reading)
  const connect = { ...oneByOne, apiVersion: job.org.apiVersion }
  switch (job.source) {
    case 'conversation-data':
      return entries({ ...oneByOne, ...(job.fallback === 'connect' && { fallback: readConnectEntries(connect) }) })
    case 'connect':
      return connectEntries(connect)
    case 'mixed':
      return entriesFrom(routedReader(readers, job.parts))
    default:
      return entriesFrom(readers.source(job.source))
  }
}

/** Reading one conversation anew is for sources that can be asked for one; for others only where that was allowed. */
function rereading(job: ReadingJob, connection: OrgConnection): { reread?: ReturnType<typeof readEntries> } {
  const oneByOne = reading(job, connection.rereading)
  if (job.source === 'conversation-data' || job.fallback === 'conversation-data')
    return { reread: readEntries(oneByOne) }
  if (job.source === 'connect') return { reread: readConnectEntries({ ...oneByOne, apiVersion: job.org.apiVersion }) }
  return {}
}
