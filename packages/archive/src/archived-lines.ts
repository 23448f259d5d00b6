import { type Content, type Conversation, type Entry, emptyConversation, parseJson } from '@custody/model'
import { evidenceOf } from './evidence.ts'
import type { ReportedConversation } from './read-reports.ts'

/** Conversations of an archive that follow on each other, as they stand in it. */
export interface ArchivedLines {
  /** What the reports say of each. */
  readonly reported: readonly ReportedConversation[]
  /** Their lines of the master behind each other, in memory of their own: it can be handed from thread to thread. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Of each line, its LF included; 0 for a conversation that has none. */
  readonly sizes: readonly number[]
}

/** @param lines - of each conversation; empty where it has none */
export function packLines(reported: readonly ReportedConversation[], lines: readonly Buffer[]): ArchivedLines {
  const sizes = lines.map(({ length }) => length)
  // Not from the pool, whose memory belongs to others too.
  const bytes = Buffer.allocUnsafeSlow(sizes.reduce((sum, size) => sum + size, 0))
  let end = 0
  for (const line of lines) end += line.copy(bytes, end)
  return { reported, bytes, sizes }
}

/** The conversations with all that the reports say of them, without the files that came with them. */
export function conversationsOf({ reported, bytes, sizes }: ArchivedLines): Conversation[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  let end = 0
  return reported.map((conversation, index) => {
    const size = sizes[index] ?? 0
    end += size
    const known = size === 0 ? outsideOf(conversation) : conversationOf(text.toString('utf8', end - size, end))
    return withReports(known, conversation)
  })
}

interface MasterLine extends Pick<Conversation, 'sessions' | 'participants' | 'entries'> {
  readonly conversation: Omit<Conversation, 'sessions' | 'participants' | 'entries'>
}

function conversationOf(line: string): Conversation {
  const { conversation, sessions, participants, entries } = parseJson(line) as unknown as MasterLine
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
    ...emptyConversation(identifier ?? ''),
    recordId,
    // Only their number is reported.
    sessions: Array.from({ length: sessions }, () => unknownSession),
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
