import type { Content, Conversation, Entry } from '@custody/model'
import { parseJson } from '@custody/model'
import { type Batch, defineSource, type Reject, type Source } from '@custody/pipeline'
import { SourceBag } from './erase-source.ts'
import { evidenceOf } from './evidence.ts'
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
  return {
    run,
    tagManifestSha256,
    conversations: defineSource('read-archive', async function* ({ signal: stop } = {}) {
      const bag = await SourceBag.open(path, report, stop)
      try {
        yield* batches(bag, run)
      } finally {
        await bag.close()
      }
    }),
  }
}

async function* batches(bag: SourceBag, run: RunDocument): AsyncGenerator<Batch<Conversation>, void, undefined> {
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
): AsyncGenerator<Batch<Conversation>, void, undefined> {
  let records: Conversation[] = []
  let bytes = 0
  let erased = 0
  for await (const reported of openReports(bag)) {
    if (!reported.isArchived) records.push(withReports(outsideOf(reported), reported))
    else {
      const { value: line, done } = await lines.next()
      if (done) throw new Error('a valid archive has a line for each archived conversation')
      if (tombstoneOf(line)) erased += 1
      else records.push(withReports(conversationOf(line), reported))
      bytes += line.length
    }
    if (records.length < batchConversations && bytes < batchBytes) continue
    yield { records, rejects: [] }
    records = []
    bytes = 0
  }
  // To its end, so that its hash is checked.
  if (!(await lines.next()).done) throw new Error('a valid archive has no line beside those of its reconciliation')
  const drops = { ...run.counts.drops, ...(erased > 0 && { erased }) }
  yield { records, rejects: await readRejects(bag), ...(Object.keys(drops).length > 0 && { drops }) }
}

interface MasterLine extends Pick<Conversation, 'sessions' | 'participants' | 'entries'> {
  readonly conversation: Omit<Conversation, 'sessions' | 'participants' | 'entries'>
}

function conversationOf(line: Buffer): Conversation {
  const { conversation, sessions, participants, entries } = parseJson(line.toString('utf8')) as unknown as MasterLine
  return { ...conversation, sessions, participants, entries: entries.map(withoutFiles) }
}

/** The entry without the files that came with it: only their names and addresses. */
function withoutFiles(entry: Entry): Entry {
  const content = contentWithoutFiles(entry.content)
  return content === entry.content ? entry : { ...entry, content }
}

function contentWithoutFiles(content: Content | null): Content | null {
  switch (content?.type) {
    case 'attachments':
      return { ...content, attachments: content.attachments.map(({ file: _, ...attachment }) => attachment) }
    case 'rich-link':
      return content.image === null ? content : { ...content, image: without(content.image) }
    case 'carousel':
      return { ...content, items: content.items.map((item) => ({ ...item, image: item.image && without(item.image) })) }
    default:
      return content
  }
}

function without<T extends { readonly file?: unknown }>({ file: _, ...rest }: T): Omit<T, 'file'> {
  return rest
}

/** A conversation of the census that has no line: nothing of it belongs to the window. */
function outsideOf({ identifier, recordId, sessions }: ReportedConversation): Conversation {
  const unknownSession = {
    recordId: '',
    status: null,
    startTime: null,
    endTime: null,
    endUserId: null,
    agentMessageCount: null,
    endUserMessageCount: null,
  }
  return {
    identifier: identifier ?? '',
    recordId,
    channelName: null,
    channelType: null,
    startTime: null,
    endTime: null,
    continuedBefore: false,
    continuesAfter: false,
    // Only their number is reported.
    sessions: Array.from({ length: sessions }, () => unknownSession),
    participants: [],
    entries: [],
    endUsers: [],
    delivered: null,
    reconciliation: null,
    witnesses: [],
    redactions: [],
  }
}

function withReports(conversation: Conversation, reported: ReportedConversation): Conversation {
  const { reconciliation, delivered, witnesses, evidence, sources } = reported
  const known: Conversation = {
    ...conversation,
    endUsers: [],
    redactions: [],
    reconciliation,
    witnesses,
    delivered: null,
  }
  if (delivered === null) return known
  // Who delivered it is not reported, but what that proves is: any source that proves the same will do.
  const candidates = [...sources, 'records', null] as const
  const source = candidates.find(
    (each) => evidenceOf({ ...known, delivered: { ...delivered, source: each } }) === evidence,
  )
  return { ...known, delivered: { ...delivered, source: source ?? null } }
}

async function readRejects(bag: SourceBag): Promise<readonly Reject[]> {
  const rejects: Reject[] = []
  for await (const line of linesOf(bag.read('data/reports/rejects.jsonl'))) {
    const { stage, code, subject, within, message } = JSON.parse(line.toString('utf8'))
    rejects.push({ stage, code, subject, message, ...(within && { within }) })
  }
  return rejects
}
