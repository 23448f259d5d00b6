import type { Conversation } from '@custody/model'
import { type Batch, defineSource, type Reject, type Source } from '@custody/pipeline'
import { type ArchivedLines, conversationsOf, packLines } from './archived-lines.ts'
import { SourceBag } from './erase-source.ts'
import { linesOf, masterLines } from './master-lines.ts'
import { notValid } from './open-verified.ts'
import { openReports, type ReportedConversation } from './read-reports.ts'
import type { RunDocument } from './run-document.ts'
import { tombstoneOf } from './tombstone.ts'
import { verify } from './verify.ts'

const batchConversations = 100
const batchBytes = 1024 * 1024

/** An archive that was verified, to be read. */
export interface ReadableArchive {
  readonly run: RunDocument
  /** What identifies it. */
  readonly tagManifestSha256: string
  /**
   * What the archive was written from, as far as it holds it: conversations in their order with their verdicts and witnesses,
   * refused ones as rejects, others as drops. What never stood in an archive is not there: the end users' records with their
   * contacts. Fetched files are not read; conversations that were erased are drops of reason `erased`.
   */
  readonly conversations: Source<Conversation>
  /** The same, a batch of them in one record, as they stand in the file: for {@link conversationsOf}, on another thread. */
  readonly lines: Source<ArchivedLines>
}

/**
 * Verifies an archive and makes it ready to be read as a source. It is held against its manifests once more while it is read.
 *
 * @throws CustodyError of kind not-found: `ARCHIVE_NOT_FOUND`, `NOT_AN_ARCHIVE`; of kind refused: `ARCHIVE_NOT_VALID`
 */
export async function readArchive(
  path: string,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<ReadableArchive> {
  const report = await verify(path, { ...(signal && { signal }) })
  const { run, tagManifestSha256 } = report
  if (report.verdict !== 'valid' || run === null || tagManifestSha256 === null) {
    throw notValid(path, report.findings.length + report.findingsOmitted)
  }
  const lines = defineSource<ArchivedLines>('read-archive', async function* ({ signal: stop } = {}) {
    const bag = await SourceBag.open(path, report, stop)
    try {
      yield* batches(bag, run)
    } finally {
      await bag.close()
    }
  })
  const conversations = defineSource<Conversation>('read-archive', async function* (options) {
    for await (const batch of lines(options)) yield { ...batch, records: batch.records.flatMap(conversationsOf) }
  })
  return { run, tagManifestSha256, conversations, lines }
}

async function* batches(bag: SourceBag, run: RunDocument): AsyncGenerator<Batch<ArchivedLines>, void, undefined> {
  const lines = masterLines(bag)
  try {
    yield* batchesOf(lines, bag, run)
  } finally {
    // Whoever leaves early, or is thrown out, leaves no file open.
    await lines.return()
  }
}

async function* batchesOf(
  lines: AsyncGenerator<Buffer, void, undefined>,
  bag: SourceBag,
  run: RunDocument,
): AsyncGenerator<Batch<ArchivedLines>, void, undefined> {
  let reported: ReportedConversation[] = []
  let cut: Buffer[] = []
  let bytes = 0
  let erased = 0
  for await (const conversation of openReports(bag)) {
    let line: Buffer = none
    if (conversation.isArchived) {
      const { value, done } = await lines.next()
      if (done) throw new Error('a valid archive has a line for each archived conversation')
      bytes += value.length
      line = value
    }
    if (conversation.isArchived && tombstoneOf(line)) erased += 1
    else {
      reported.push(conversation)
      cut.push(line)
    }
    if (reported.length < batchConversations && bytes < batchBytes) continue
    yield { records: [packLines(reported, cut)], rejects: [] }
    reported = []
    cut = []
    bytes = 0
  }
  // To its end, so that its hash is checked.
  if (!(await lines.next()).done) throw new Error('a valid archive has no line beside those of its reconciliation')
  const drops = { ...run.counts.drops, ...(erased > 0 && { erased }) }
  const rejects = await readRejects(bag)
  yield { records: [packLines(reported, cut)], rejects, ...(Object.keys(drops).length > 0 && { drops }) }
}

const none = Buffer.alloc(0)

async function readRejects(bag: SourceBag): Promise<readonly Reject[]> {
  const rejects: Reject[] = []
  for await (const line of linesOf(bag.read('data/reports/rejects.jsonl'))) {
    const { stage, code, subject, within, message } = JSON.parse(line.toString('utf8'))
    rejects.push({ stage, code, subject, message, ...(within && { within }) })
  }
  return rejects
}
