import { expect } from 'vitest'
import type { Org } from '../start-emulator.ts'

/** An entry as a test reads it. */
export interface WireEntry {
  readonly identifier: string
  readonly entryType: string
  readonly entryPayload: unknown
  readonly sender: { readonly role: string; readonly appType: string; readonly subject: string }
  readonly clientTimestamp: number
  readonly transcriptedTimestamp: number
}

export interface WirePage {
  readonly conversationEntries: readonly WireEntry[]
  readonly nextPageToken?: string
}

export interface SoqlPage {
  readonly totalSize: number
  readonly done: boolean
  readonly nextRecordsUrl?: string
  readonly records: readonly Record<string, unknown>[]
}

/** A plain client of an org, for tests: no retries, no limits, every answer as it came. */
export interface TestClient {
  readonly authorization: string
  query(soql: string, headers?: Record<string, string>): Promise<{ status: number; body: SoqlPage; headers: Headers }>
  /** All pages of a query. */
  rows(soql: string, headers?: Record<string, string>): Promise<Record<string, unknown>[]>
  entries(
    identifier: string,
    parameters?: Record<string, string>,
  ): Promise<{ status: number; body: WirePage; text: string; headers: Headers }>
  /** All pages of a conversation. */
  allEntries(identifier: string, parameters?: Record<string, string>): Promise<WireEntry[]>
}

export async function signIn(org: Org): Promise<Response> {
  return fetch(`${org.url}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: org.credentials.clientId,
      client_secret: org.credentials.clientSecret,
    }),
  })
}

export async function connect(org: Org): Promise<TestClient> {
  const { access_token } = (await (await signIn(org)).json()) as { access_token: string }
  const authorization = `Bearer ${access_token}`

  const query: TestClient['query'] = async (soql, headers = {}) => {
    const response = await fetch(`${org.url}/services/data/v66.0/query?q=${encodeURIComponent(soql)}`, {
      headers: { authorization, ...headers },
    })
    return { status: response.status, body: (await response.json()) as SoqlPage, headers: response.headers }
  }
  const entries: TestClient['entries'] = async (identifier, parameters = {}) => {
    const search = new URLSearchParams({ conversationIdentifier: identifier, ...parameters })
    const response = await fetch(`${org.apiUrl}/platform/engagement/v1.0/conversation-entries?${search}`, {
      headers: { authorization },
    })
    const text = await response.text()
    return { status: response.status, body: parsed(text), text, headers: response.headers }
  }

  return {
    authorization,
    query,
    entries,
    async rows(soql, headers = {}) {
      let { body } = await query(soql, headers)
      const rows = [...body.records]
      while (body.nextRecordsUrl) {
        const response = await fetch(org.url + body.nextRecordsUrl, { headers: { authorization } })
        body = (await response.json()) as SoqlPage
        rows.push(...body.records)
      }
      expect(rows).toHaveLength(body.totalSize)
      return rows
    },
    async allEntries(identifier, parameters = {}) {
      const found: WireEntry[] = []
      let token: string | undefined
      do {
        const { status, body } = await entries(identifier, { ...parameters, ...(token && { pageToken: token }) })
        expect(status).toBe(200)
        found.push(...body.conversationEntries)
        token = body.nextPageToken
      } while (token)
      return found
    },
  }
}

function parsed(text: string): WirePage {
  try {
    return JSON.parse(text) as WirePage
  } catch {
    return { conversationEntries: [] }
  }
}
