import { parseJson } from '@custody/model'
import { REPORT_PAGE, TRANSCRIPTS_PAGE } from './bag.ts'
import type { BagStore } from './bag-store.ts'
import { type MasterConversation, masterConversation } from './master-conversation.ts'
import { masterLines, type ReadableBag } from './master-lines.ts'
import type { RunDocument } from './run-document.ts'
import { tombstoneOf } from './tombstone.ts'

/** What run.json says of an archive and every run over the same conversations says again: no times of the run, no ids of it. */
export type ArchiveFacts = Omit<RunDocument, 'payloadOxum' | 'finishedAt' | 'run'>

/** What a page is made of: the archive as it is written, read one conversation at a time. */
export interface PageSource<Run extends ArchiveFacts = ArchiveFacts> {
  /** As run.json says it. */
  readonly run: Run
  /** In the order of the master, without those that were erased. May be read more than once. */
  conversations(): AsyncIterable<MasterConversation>
  /** A file of the archive, as bytes: master, tables, reports, `integrity/`. Undefined where there is none. */
  read(path: string): AsyncIterable<Uint8Array> | undefined
}

/** Makes a page of HTML of an archive: its bytes, piece by piece. */
export type MakePage<Run extends ArchiveFacts = ArchiveFacts> = (archive: PageSource<Run>) => AsyncIterable<Uint8Array>

/** The pages of an archive. This package knows no HTML: whoever writes an archive gives those who do. */
export interface Pages {
  /**
   * Makes `data/transcripts/index.html`, for the format `html`. It is payload: the same conversations have to give the same bytes, so
   * it is told neither when nor by which run they were read.
   */
  readonly transcripts?: MakePage
  /** Makes `report.html`, a tag file: it may say when, and how long it took. */
  readonly report?: MakePage<RunDocument>
}

/** What a page is made of, over the files of a bag. */
export function pageSource<Run extends ArchiveFacts>(bag: ReadableBag, run: Run): PageSource<Run> {
  return {
    run,
    async *conversations() {
      for await (const line of masterLines(bag)) {
        if (tombstoneOf(line) === null) yield masterConversation(parseJson(line.toString('utf8')))
      }
    },
    read: (path) => (bag.has(path) ? bag.read(path) : undefined),
  }
}

/** Without what differs from run to run. */
export function archiveFacts({ payloadOxum: _, finishedAt: __, run: ___, ...facts }: RunDocument): ArchiveFacts {
  return facts
}

/** Writes the offline transcripts of what stands in the store. */
export function writeTranscripts(store: BagStore, make: MakePage, facts: ArchiveFacts): Promise<void> {
  return writePage(store, TRANSCRIPTS_PAGE, make(pageSource(store, facts)))
}

/** Writes the report of what stands in the store. */
export function writeReport(store: BagStore, make: MakePage<RunDocument>, run: RunDocument): Promise<void> {
  return writePage(store, REPORT_PAGE, make(pageSource(store, run)))
}

async function writePage(store: BagStore, path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const writer = store.write(path)
  for await (const chunk of chunks) await writer.write(chunk)
  await writer.close()
}
