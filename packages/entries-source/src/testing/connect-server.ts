import type { JsonRequest, OrgClient } from '@custody/http'

/** A row as the scripted org holds it. */
export interface HeldRow {
  readonly id: string
  /** Epoch milliseconds by the server's clock. */
  readonly at: number
  /** As it was typed. Null: no plain text. */
  readonly text: string | null
  readonly role?: string
}

export interface ConnectServerOptions {
  readonly held: (identifier: string) => readonly HeldRow[]
  /** Whether rows of bots come. @defaultValue false, as the help says; one capture shows them */
  readonly bots?: boolean
  /** Rows a page never exceeds. @defaultValue 1000 */
  readonly cap?: number
  /** @defaultValue `'inclusive'` */
  readonly bounds?: 'inclusive' | 'exclusive'
  /** Puts the rows of a page in another order. @defaultValue newest first, as captured */
  readonly present?: <T>(page: readonly T[]) => readonly T[]
  /** Called before each answer; what it throws is the answer. */
  readonly before?: (request: ConnectRequest, n: number) => void
  /** Stands in for the time a request takes. */
  readonly wait?: (signal: AbortSignal | undefined) => Promise<void>
}

export interface ConnectRequest extends Pick<JsonRequest<unknown>, 'origin' | 'path' | 'endpoint' | 'affinity'> {
  readonly identifier: string
  readonly query: Readonly<Record<string, string | number | undefined>>
}

/**
 * An org in memory that answers only Connect REST's entries, with the documented defaults: the last 25, no page tokens, text
 * escaped as HTML, nothing of a message but its text. It remembers what it was asked.
 */
export function connectServer(options: ConnectServerOptions): OrgClient & { readonly requests: ConnectRequest[] } {
  const { bots = false, cap = 1_000, bounds = 'inclusive', present = (page) => page.toReversed() } = options
  const requests: ConnectRequest[] = []
  return {
    requests,
    async getJson({ origin, path, endpoint, affinity, query = {}, parse, signal }) {
      signal?.throwIfAborted()
      const match = /^\/services\/data\/v66\.0\/connect\/conversation\/([^/]+)\/entries$/.exec(path)
      if (origin !== 'instance' || !match?.[1]) throw new Error(`Unknown path: ${origin} ${path}`)
      const identifier = decodeURIComponent(match[1])
      const request = { origin, path, endpoint, identifier, query, ...(affinity !== undefined && { affinity }) }
      requests.push(request)
      await options.wait?.(signal)
      options.before?.(request, requests.length)
      const limit = Math.min(Number(query['recordLimit'] ?? 25), cap)
      const [start, end] = [
        Number(query['startTimestamp'] ?? 0),
        Number(query['endTimestamp'] ?? Number.POSITIVE_INFINITY),
      ]
      const chosen = options
        .held(identifier)
        .filter(({ role, at }) => {
          const inside = bounds === 'inclusive' ? at >= start && at <= end : at > start && at < end
          return inside && (bots || role !== 'Chatbot')
        })
        .toSorted((a, b) => a.at - b.at)
      const page = query['queryDirection'] === 'FromStart' ? chosen.slice(0, limit) : chosen.slice(-limit)
      return parse({ conversationEntries: present(page).map(connectRow) }, { status: 200, headers: {} })
    },
  }
}

/** A row as the captured sample has it. */
export function connectRow({ id, at, text, role = 'EndUser' }: HeldRow): Record<string, unknown> {
  return {
    clientDuration: 0,
    clientTimestamp: at - 50,
    identifier: id,
    ...(text !== null && { messageText: escapeHtml(text) }),
    relatedRecords: role === 'Chatbot' ? [] : ['0MwKj000007sdiM'],
    sender: { appType: 'iamessage', role, subject: 'v2/iamessage/UNAUTH/NA/uid:1' },
    serverReceivedTimestamp: at,
  }
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character)
}
