import { readFileSync } from 'node:fs'
import type { MakePage, PageSource } from '@custody/archive'
import { usageError } from '@custody/pipeline'
import { ReportReader } from './findings.ts'
import type { PageEnd, PageFacts } from './page-data.ts'
import { Shard, scriptJson } from './shard.ts'
import { messagesOf, rowOf, shownConversation } from './shown.ts'

/** More a browser would not open in a moment. */
const MESSAGES_MAX = 100_000
/** In bytes of UTF-8, for archives of few and long messages. */
const BYTES_MAX = 256 * 1024 * 1024

/** Made by apps/viewer, and checked in: what stands in archives depends on nobody's bundler. The same path from source and from a build. */
const TEMPLATE = new URL('../viewer.html', import.meta.url)
const DATA = '<!-- data -->'
const NO_REQUESTS = "connect-src 'none'"
const POLICY = /<meta http-equiv="Content-Security-Policy" content="([^"]+)">/

/** What the page holds at most, and what it may ask for. */
export interface TranscriptPageOptions {
  /**
   * Where the files of the archive are served, relative to the page, with a slash at the end: the page then checks hashes by itself,
   * and asks its own origin for nothing else. For servers only. @defaultValue none: the page requests nothing, and lets people choose files
   */
  readonly filesAt?: string
  /** Conversations from the first on which it is exceeded are left out, and the page says so. @defaultValue 100,000 */
  readonly messagesMax?: number
  /** The same for what the page holds, in bytes. @defaultValue 268,435,456 (256 MiB) */
  readonly bytesMax?: number
}

/**
 * Makes the offline viewer of an archive, its conversations inside: one page of HTML that requests nothing. It streams: what it holds at
 * a time is one conversation, a shard of about 1 MiB and the identifiers of the page.
 *
 * The same conversations give the same bytes. Salts, payloads and addresses of files are left out.
 *
 * @throws CustodyError of kind usage at construction: `TRANSCRIPT_FILES_AT`, `TRANSCRIPT_LIMITS`
 */
export function transcriptPage(options: TranscriptPageOptions = {}): MakePage {
  const { filesAt, messagesMax = MESSAGES_MAX, bytesMax = BYTES_MAX } = options
  if (filesAt !== undefined && !/^[a-z]+\/$/.test(filesAt)) {
    throw usageError(
      'TRANSCRIPT_FILES_AT',
      'transcriptPage: filesAt has to be lower-case letters with a slash at the end',
    )
  }
  for (const limit of [messagesMax, bytesMax]) {
    if (Number.isSafeInteger(limit) && limit >= 0) continue
    throw usageError('TRANSCRIPT_LIMITS', 'transcriptPage: messagesMax and bytesMax have to be whole numbers from 0')
  }
  return async function* (archive) {
    const [head = '', tail = ''] = template(filesAt).split(DATA)
    yield encoder.encode(head)
    yield block('facts', factsOf(archive))
    yield* data(archive, { messagesMax, bytesMax })
    yield encoder.encode(tail)
  }
}

/** The Content-Security-Policy that such a page has in itself, for the header of a server. */
export function pagePolicy(options: Pick<TranscriptPageOptions, 'filesAt'> = {}): string {
  return POLICY.exec(template(options.filesAt))?.[1] ?? ''
}

const encoder = new TextEncoder()

function template(filesAt: string | undefined): string {
  const page = readFileSync(TEMPLATE, 'utf8')
  if (filesAt === undefined) return page
  return page
    .replace(NO_REQUESTS, "connect-src 'self'")
    .replace('<meta name="viewport"', `<meta name="custody-files" content="${filesAt}">\n<meta name="viewport"`)
}

function factsOf({ run }: PageSource): PageFacts {
  const { archive, org, window, mode, verdict, counts, erased = 0 } = run
  return {
    v: 1,
    archive,
    org,
    window: { from: window.from, to: window.to },
    mode,
    verdict,
    conversations: counts.conversations - erased,
    gaps: counts.gaps,
    erased,
  }
}

async function* data(
  archive: PageSource,
  { messagesMax, bytesMax }: Required<Pick<TranscriptPageOptions, 'messagesMax' | 'bytesMax'>>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reports = new ReportReader(archive)
  const shard = new Shard()
  let [conversations, messages, bytes] = [0, 0, 0]
  let isCut = false
  for await (const conversation of archive.conversations()) {
    messages += messagesOf(conversation)
    bytes += shard.add(rowOf(conversation), shownConversation(conversation))
    isCut = messages > messagesMax || bytes > bytesMax
    if (isCut) {
      shard.removeLast()
      break
    }
    reports.add(conversation.identifier, conversations)
    conversations += 1
    if (shard.isFull()) yield* blocks(shard)
  }
  yield* blocks(shard)
  yield* listBlocks('findings', reports.findings())
  yield* listBlocks('redactions', await reports.redactions())
  const missing = Math.max(0, factsOf(archive).conversations - conversations)
  const end: PageEnd = {
    conversationsLeftOut: isCut ? Math.max(1, missing) : 0,
    conversationsUnread: isCut ? 0 : missing,
    findingsLeftOut: reports.leftOut,
    findingsElsewhere: reports.elsewhere,
    unreadable: reports.unreadable,
  }
  yield block('end', end)
}

function* blocks(shard: Shard): Generator<Uint8Array> {
  const { rows, conversations } = shard.take()
  if (rows.length === 0) return
  yield script('rows', `[${rows.join(',\n')}]`)
  yield script('conversations', `[${conversations.join(',\n')}]`)
}

/** A list that may be long, in blocks of some thousand. */
async function* listBlocks(
  part: string,
  items: AsyncIterable<unknown> | Iterable<unknown>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let list: unknown[] = []
  for await (const item of items) {
    if (list.push(item) < 5_000) continue
    yield block(part, list)
    list = []
  }
  if (list.length > 0) yield block(part, list)
}

function block(part: string, value: unknown): Uint8Array {
  return script(part, scriptJson(value))
}

function script(part: string, json: string): Uint8Array {
  return encoder.encode(`<script type="application/json" data-part="${part}">${json}</script>\n`)
}
