import type { Org } from '../start-emulator.ts'
import type { TestClient } from './client.ts'

export interface DeletionAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly logs: readonly { readonly id: string; readonly requestedEntityIdentifier: string; readonly status: string }[]
}

/** How a request to delete is put, where not by default. */
export interface AskedHow {
  readonly path?: string
  readonly body?: string
  readonly query?: string
  readonly authorization?: string
  readonly method?: string
}

const base = '/platform/engagement/v1.0/'

async function ask(org: Org, client: Pick<TestClient, 'authorization'>, how: AskedHow): Promise<DeletionAnswer> {
  const response = await fetch(`${org.apiUrl}${base}${how.path}${how.query ?? ''}`, {
    method: how.method ?? 'DELETE',
    headers: { authorization: how.authorization ?? client.authorization },
    ...(how.body !== undefined && { body: how.body }),
  })
  const text = await response.text()
  const logs = response.status === 202 && text !== '' ? JSON.parse(text).conversationApiLogs : []
  return { status: response.status, headers: response.headers, text, logs }
}

/** Asks to delete end users, once. */
export function deleteEndUsers(
  org: Org,
  client: Pick<TestClient, 'authorization'>,
  ids: readonly string[],
  how: AskedHow = {},
): Promise<DeletionAnswer> {
  const query = ids.length === 0 ? '' : `?participantEntityIds=${ids.join(',')}`
  return ask(org, client, { path: 'conversation-participants', query, ...how })
}

/** Asks to delete conversations, once. */
export function deleteConversations(
  org: Org,
  client: Pick<TestClient, 'authorization'>,
  ids: readonly string[],
  how: AskedHow = {},
): Promise<DeletionAnswer> {
  return ask(org, client, { path: 'conversations', query: `?conversationIds=${ids.join('&conversationIds=')}`, ...how })
}

/** End users all of whose sessions have ended, in order. */
export async function closedEndUsers(client: TestClient): Promise<readonly string[]> {
  const sessions = await client.rows('SELECT MessagingEndUserId, Status FROM MessagingSession')
  const open = new Set(sessions.filter(({ Status }) => Status !== 'Ended').map((row) => row['MessagingEndUserId']))
  const all = await client.rows('SELECT Id FROM MessagingEndUser ORDER BY Id')
  return all.map(({ Id }) => String(Id)).filter((id) => !open.has(id))
}
