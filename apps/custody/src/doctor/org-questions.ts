import { HttpStatusError, type OrgClient } from '@custody/http'
import { z } from 'zod'
import type { OrgUnderCheck } from './org-under-check.ts'

const pageSchema = z.object({ totalSize: z.number(), records: z.array(z.record(z.string(), z.unknown())) })

export interface QueryAnswer {
  readonly totalSize: number
  readonly records: readonly Readonly<Record<string, unknown>>[]
}

/** One page of SOQL, as the org answers it. */
export function query(client: OrgClient, { config, signal }: OrgUnderCheck, soql: string): Promise<QueryAnswer> {
  return client.getJson({
    origin: 'instance',
    path: `/services/data/v${config.apiVersion}/query`,
    query: { q: soql },
    endpoint: 'query',
    parse: (document) => pageSchema.parse(document),
    signal,
  })
}

/** The identifier of a conversation that began lately: most likely it is active anyway, so reading it costs nothing. Null for none. */
export async function newestConversation(client: OrgClient, org: OrgUnderCheck): Promise<string | null> {
  const { records } = await query(
    client,
    org,
    'SELECT ConversationIdentifier FROM Conversation WHERE StartTime != null ORDER BY StartTime DESC LIMIT 1',
  )
  const identifier = records[0]?.['ConversationIdentifier']
  return typeof identifier === 'string' ? identifier : null
}

/** Whether the org says that a field or an object does not exist for this user. */
export function isUnknownName(error: unknown): error is HttpStatusError {
  return error instanceof HttpStatusError && ['INVALID_FIELD', 'INVALID_TYPE'].includes(error.errorCode ?? '')
}
