import type { Org } from '../start-emulator.ts'
import type { TestClient } from './client.ts'

/** An entry of Connect REST as a test reads it. */
export interface ConnectEntry {
  readonly identifier: string
  readonly messageText?: string
  readonly clientTimestamp: number
  readonly clientDuration: number
  readonly serverReceivedTimestamp: number
  readonly relatedRecords: readonly string[]
  readonly sender: { readonly role: string; readonly appType: string; readonly subject: string | null }
}

export interface ConnectAnswer {
  readonly status: number
  readonly headers: Headers
  readonly entries: readonly ConnectEntry[]
  /** Everything at the top of the answer. */
  readonly keys: readonly string[]
  readonly errorCode: string | undefined
}

export function entriesUrl(org: Org, identifier: string, parameters: Record<string, string | number> = {}): string {
  const search = new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)]))
  return `${org.url}/services/data/v66.0/connect/conversation/${encodeURIComponent(identifier)}/entries?${search}`
}

/** Asks Connect REST for entries, once. */
export async function askConnect(
  org: Org,
  { authorization }: Pick<TestClient, 'authorization'>,
  identifier: string,
  parameters: Record<string, string | number> = {},
): Promise<ConnectAnswer> {
  const response = await fetch(entriesUrl(org, identifier, parameters), { headers: { authorization } })
  const body = (await response.json()) as { conversationEntries?: ConnectEntry[] } | { errorCode: string }[]
  const failed = Array.isArray(body)
  return {
    status: response.status,
    headers: response.headers,
    entries: failed ? [] : (body.conversationEntries ?? []),
    keys: Object.keys(body),
    errorCode: failed ? body[0]?.errorCode : undefined,
  }
}

/** Reads a conversation to its end by an overlapping cursor of time, as a careful client does. */
export async function walkConnect(
  org: Org,
  client: Pick<TestClient, 'authorization'>,
  identifier: string,
  recordLimit: number,
): Promise<readonly ConnectEntry[]> {
  const found = new Map<string, ConnectEntry>()
  for (let startTimestamp = 0; ; ) {
    const parameters = { queryDirection: 'FromStart', recordLimit, ...(startTimestamp > 0 && { startTimestamp }) }
    const { entries } = await askConnect(org, client, identifier, parameters)
    const known = found.size
    for (const entry of entries) found.set(entry.identifier, entry)
    if (found.size === known) return [...found.values()]
    startTimestamp = Math.max(...entries.map((entry) => entry.serverReceivedTimestamp))
  }
}
