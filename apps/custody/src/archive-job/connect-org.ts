import { createData360TokenProvider, createTokenProvider, type TokenEvent } from '@custody/auth'
import {
  type ActiveConversations,
  createOrgClient,
  createOrgPool,
  createTransport,
  defaultLimits,
  type FullOrgClient,
  type HttpEvent,
  type Limit,
  type OrgClient,
  type OrgSender,
  type RateLimitFactory,
  type TokenProvider,
  type Transport,
} from '@custody/http'
import type { Journal } from '@custody/journal'
import { parseJson } from '@custody/model'
import type { Clock } from '@custody/pipeline'
import type { OrgConfig } from '../config/schema.ts'
import { keepActiveHeadroom } from '../limiting/active-headroom.ts'
import { keepDailyCalls } from '../limiting/daily-calls.ts'
import type { HeadroomEvent } from '../limiting/headroom-event.ts'
import { openSharedLimits } from '../limiting/shared-limits.ts'
import { readingClient } from '../resuming/reading-client.ts'
import { grantsOf, type SigningIn } from './grants.ts'

/** What it takes to ask as one execution user alone. */
export interface OrgUser {
  readonly name: string
  readonly tokens: TokenProvider
  readonly transport: Transport
  /** The user's limits, as all processes of the machine share them. */
  readonly rateLimitOf: RateLimitFactory
}

export interface OrgConnection {
  /** The execution users, for whoever shares work out among them. */
  readonly users: readonly OrgUser[]
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
  /** Of the configuration: what its processes ask of the org counts together. */
  readonly stateDirectory: string
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  /** How many requests of one user may be under way at once. */
  readonly connections: number
  readonly onEvent: (event: HttpEvent) => void
  /** What the org leaves to others, when it is little. */
  readonly onHeadroom?: (event: HeadroomEvent) => void
  readonly onTokenEvent?: (event: TokenEvent) => void
  /** What an earlier process of the run was told. @defaultValue none */
  readonly journal?: Journal | null
}

/**
 * Makes the client of one org. Nothing is requested until it is used.
 *
 * @throws CustodyError as `openSharedLimits`, and of kind usage about secrets
 */
export async function connectOrg(alias: string, org: OrgConfig, options: ConnectOptions): Promise<OrgConnection> {
  const { stateDirectory, env, clock, onEvent, onHeadroom = () => undefined } = options
  const { apiVersion } = org
  const users = grantsOf(alias, org, env)
  const limits = await openSharedLimits({ stateDirectory, org, clock, onEvent })
  const transport = createTransport({ connections: options.connections * users.length })
  const providers = users.map((user) => tokensOf(org, user, transport, options))
  const tuned = { transport, clock, onEvent, parseJson, trustedOrigins: org.attachments.origins }
  const clients = providers.map((tokens, index) =>
    createOrgClient({
      ...tuned,
      tokens,
      limits: limitsOf(org),
      rateLimitOf: limits.rateLimitsOf(users[index]?.name ?? ''),
    }),
  )
  const opened: { close(): Promise<void> }[] = [...clients, transport, limits]
  const closing = new AbortController()
  const asking = { apiVersion, clock, signal: closing.signal, onEvent: onHeadroom }
  const daily = keepDailyCalls({ ...asking, client: createOrgPool(clients), floor: org.limits.dailyCallsFloor })
  const { client } = daily
  const room = keepActiveHeadroom({
    ...asking,
    org: client,
    limit: org.limits.orgActiveConversations,
    floor: org.limits.activeConversationsFloor,
    held: limits.active.held,
  })
  const active: ActiveConversations = {
    async enter(identifier, signal) {
      await daily.ask()
      await room(signal)
      return await limits.active.enter(identifier, signal)
    },
  }
  return {
    users: providers.map((tokens, index) => {
      const name = users[index]?.name ?? ''
      return { name, tokens, transport, rateLimitOf: limits.rateLimitsOf(name) }
    }),
    client,
    reading: readingClient(client, active, options.journal ?? null, org),
    rereading: readingClient(client, active, null, org),
    data360(dataspace) {
      // One user: the limit is the org's, and what a query may see is the user's.
      const tokens = createData360TokenProvider({ tokens: providers[0] as TokenProvider, dataspace, transport, clock })
      const client = createOrgClient({ ...tuned, tokens, rateLimitOf: limits.rateLimitsOf(users[0].name) })
      opened.unshift(client)
      return client
    },
    async close() {
      closing.abort()
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
