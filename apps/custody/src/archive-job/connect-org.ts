import { createData360TokenProvider, createTokenProvider, type TokenEvent } from '@custody/auth'
import {
  createActiveConversations,
  createOrgClient,
  createOrgPool,
  createTransport,
  defaultLimits,
  type FullOrgClient,
  type HttpEvent,
  type Limit,
  type OrgClient,
  type OrgSender,
  type TokenProvider,
  type Transport,
} from '@custody/http'
import type { Journal } from '@custody/journal'
import { parseJson } from '@custody/model'
import type { Clock } from '@custody/pipeline'
import type { OrgConfig } from '../config/schema.ts'
import { readingClient } from '../resuming/reading-client.ts'
import { grantsOf, type SigningIn } from './grants.ts'

export interface OrgConnection {
  /** All execution users of the org. */
  readonly client: FullOrgClient
  /** For reading conversations one by one: keeps to the budget of active ones, and to what the run was told before. */
  readonly reading: OrgClient
  /** The same, and everything is asked anew. */
  readonly rereading: OrgClient
  /** The tenant of Data 360, by the first execution user; asks for nothing until it is used. */
  data360(dataspace: string): OrgSender
  close(): Promise<void>
}

export interface ConnectOptions {
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  /** How many requests of one user may be under way at once. */
  readonly connections: number
  readonly onEvent: (event: HttpEvent) => void
  readonly onTokenEvent?: (event: TokenEvent) => void
  /** What an earlier process of the run was told. @defaultValue none */
  readonly journal?: Journal | null
}

/** Makes the client of one org. Nothing is requested until it is used. */
export function connectOrg(alias: string, org: OrgConfig, options: ConnectOptions): OrgConnection {
  const { env, clock, onEvent } = options
  const users = grantsOf(alias, org, env)
  const transport = createTransport({ connections: options.connections * users.length })
  const providers = users.map((user) => tokensOf(org, user, transport, options))
  const tuned = { transport, clock, onEvent, parseJson, trustedOrigins: org.attachments.origins }
  const clients = providers.map((tokens) => createOrgClient({ ...tuned, tokens, limits: limitsOf(org) }))
  const opened: { close(): Promise<void> }[] = [...clients, transport]
  const client = createOrgPool(clients)
  const active = createActiveConversations({ limit: org.limits.activeConversations, clock, onEvent })
  return {
    client,
    reading: readingClient(client, active, options.journal ?? null, org),
    rereading: readingClient(client, active, null, org),
    data360(dataspace) {
      // One user: the limit is the org's, and what a query may see is the user's.
      const tokens = createData360TokenProvider({ tokens: providers[0] as TokenProvider, dataspace, transport, clock })
      const client = createOrgClient({ ...tuned, tokens })
      opened.unshift(client)
      return client
    },
    async close() {
      for (const each of opened) await each.close()
    },
  }
}

function tokensOf(org: OrgConfig, user: SigningIn, transport: Transport, options: ConnectOptions): TokenProvider {
  return createTokenProvider({
    user: user.name,
    loginUrl: org.loginUrl,
    grant: user.grant,
    ...(org.apiUrl !== undefined && { apiUrl: org.apiUrl }),
    transport,
    clock: options.clock,
    ...(options.onTokenEvent && { onEvent: options.onTokenEvent }),
  })
}

/** What the configuration says is kept to as it stands: it has its margin already. */
function limitsOf({ limits }: OrgConfig): Readonly<Record<string, Limit>> {
  return {
    'conversation-entries': { ...defaultLimits['conversation-entries'], limit: limits.entriesPerMinute, share: 1 },
    connect: { ...defaultLimits.connect, limit: limits.connectPerHour, share: 1 },
  }
}
