import type { DownloadRequest, OrgDownloads } from '@custody/http'
import { type Attachment, type Content, type Conversation, type Entry, emptyConversation } from '@custody/model'
import { CustodyError } from '@custody/pipeline'

/** What the scripted org answers at an address. */
export interface HeldFile {
  readonly bytes: Uint8Array
  /** @defaultValue none */
  readonly type?: string
  /** Breaks off after this many bytes, the first so many times. */
  readonly breaks?: { readonly after: number; readonly times: number }
}

export interface FileOrgOptions {
  /** The file at an address, or what asking for it throws. */
  readonly held: (address: string) => HeldFile | Error
  /** Bytes that come at once. @defaultValue 3 */
  readonly chunk?: number
  /** Stands in for the time a request takes. */
  readonly wait?: (signal: AbortSignal | undefined) => Promise<void>
}

export interface FileOrg extends OrgDownloads {
  readonly requests: DownloadRequest[]
  /** Bodies that nobody has read to the end or let go of. */
  readonly open: () => number
}

/** An org in memory that gives files as the client does: foreign addresses are refused before anything is sent. */
export function fileOrg({ held, chunk = 3, wait }: FileOrgOptions): FileOrg {
  const requests: DownloadRequest[] = []
  const broken = new Map<string, number>()
  let open = 0
  return {
    requests,
    open: () => open,
    async download(request) {
      const { address, maxBytes, signal } = request
      signal?.throwIfAborted()
      if (!isOwn(address)) throw foreign()
      requests.push(request)
      await wait?.(signal)
      const file = held(address)
      if (file instanceof Error) throw file
      const times = broken.get(address) ?? 0
      const breaksAt = file.breaks && times < file.breaks.times ? file.breaks.after : Number.POSITIVE_INFINITY
      broken.set(address, times + 1)
      open += 1
      async function* body({ bytes }: HeldFile): AsyncGenerator<Uint8Array> {
        try {
          for (let at = 0; at < bytes.length; at += chunk) {
            signal?.throwIfAborted()
            if (at >= breaksAt) throw new CustodyError('HTTP_BODY_TRUNCATED', 'broken', { retryable: true })
            if (at + chunk > maxBytes) throw new CustodyError('HTTP_BODY_TOO_LARGE', 'too large')
            yield bytes.subarray(at, at + chunk)
          }
        } finally {
          open -= 1
        }
      }
      return { status: 200, headers: file.type === undefined ? {} : { 'content-type': file.type }, body: body(file) }
    },
  }
}

export const orgOrigin = 'https://acme.example'

/** As the client has it. */
function isOwn(address: string): boolean {
  const found = address.startsWith('/') ? URL.parse(address, orgOrigin) : URL.parse(address)
  return found?.origin === orgOrigin && found.username === ''
}

function foreign(): CustodyError {
  return new CustodyError('HTTP_FOREIGN_ORIGIN', 'An address is none of the org’s.', { kind: 'refused' })
}

export function attachment(url: string | null, more: Partial<Attachment> = {}): Attachment {
  return { name: 'a.pdf', mimeType: 'application/pdf', url, id: 'att-1', ...more }
}

/** A message that carries these. */
export function entryOf(content: Content | null, more: Partial<Entry> = {}): Entry {
  return {
    entryId: 'e1',
    sentAt: '2026-10-01T00:00:00.000Z',
    clientAt: null,
    kind: 'message',
    entryType: 'Message',
    sender: { role: 'end-user', appType: null, subject: null, displayName: null },
    text: null,
    content,
    relatedRecords: [],
    source: 'conversation-data',
    payload: null,
    extra: null,
    ...more,
  }
}

export function withFiles(...attachments: readonly Attachment[]): Entry {
  return entryOf({ type: 'attachments', attachments })
}

export function conversationOf(identifier: string, ...entries: readonly Entry[]): Conversation {
  return {
    ...emptyConversation(identifier),
    entries,
  }
}
