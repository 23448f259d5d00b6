import { clientCredentials, createTokenProvider } from '@custody/auth'
import {
  type ActiveConversations,
  createActiveConversations,
  createOrgClient,
  createTransport,
  defaultLimits,
  type HttpEvent,
  type OrgClient,
} from '@custody/http'
import { parseJson } from '@custody/model'
import type { Clock } from '@custody/pipeline'
import type { OrgConfig } from '../config/schema.ts'
import { readSecret } from '../config/secret.ts'

export interface OrgConnection {
  readonly client: OrgClient
  readonly activeConversations: ActiveConversations
  close(): Promise<void>
}

export interface ConnectOptions {
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  /** How many requests may be under way at once. */
  readonly connections: number
  readonly onEvent: (event: HttpEvent) => void
}

/** Makes the client of one org. Nothing is requested until it is used. */
export function connectOrg(alias: string, org: OrgConfig, options: ConnectOptions): OrgConnection {
  const { env, clock, onEvent } = options
  const [user] = org.auth.users
  const where = `orgs.${alias}.auth.users.0`
  const transport = createTransport({ connections: options.connections })
  const tokens = createTokenProvider({
    user: user.name,
    loginUrl: org.loginUrl,
    grant: clientCredentials({
      clientId: readSecret(user.clientId, `${where}.clientId`, env),
      clientSecret: readSecret(user.clientSecret, `${where}.clientSecret`, env),
    }),
    ...(org.apiUrl !== undefined && { apiUrl: org.apiUrl }),
    transport,
    clock,
  })
  const client = createOrgClient({
    tokens,
    transport,
    clock,
    onEvent,
    parseJson,
    // What the configuration says is kept to as it stands: it has its margin already.
    limits: {
      'conversation-entries': {
        ...defaultLimits['conversation-entries'],
        limit: org.limits.entriesPerMinute,
        share: 1,
      },
    },
  })
  return {
    client,
    activeConversations: createActiveConversations({ limit: org.limits.activeConversations, clock, onEvent }),
    close: () => client.close(),
  }
}
