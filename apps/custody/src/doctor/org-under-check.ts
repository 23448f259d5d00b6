import { createTokenProvider, type Grant } from '@custody/auth'
import {
  createOrgClient,
  createTransport,
  type FullOrgClient,
  type RetryPolicy,
  type Token,
  type TokenProvider,
  type Transport,
} from '@custody/http'
import type { Clock } from '@custody/pipeline'
import { grantOfUser } from '../archive-job/grants.ts'
import type { OrgConfig } from '../config/schema.ts'
import { createClockWatch, type Skew } from './clock-watch.ts'
import { readReply, type SignInReply } from './sign-in-reply.ts'

/** An org as the checks see it. Nothing is requested until a check asks; what several ask for is asked once. */
export interface OrgUnderCheck {
  readonly alias: string
  readonly config: OrgConfig
  readonly users: readonly [UserUnderCheck, ...UserUnderCheck[]]
  readonly transport: Transport
  readonly clock: Clock
  readonly signal: AbortSignal
  /** How far the clock of the org is ahead of ours, by the answers so far; null before there is one. */
  skew(): Skew | null
  close(): Promise<void>
}

/** One execution user. */
export interface UserUnderCheck {
  readonly name: string
  /** Signs in, once. */
  signIn(): Promise<SignedIn>
  /** The client of the user, once signed in. */
  client(): Promise<FullOrgClient>
  /** The same, for a gateway at another address. */
  clientAt(apiUrl: string): Promise<FullOrgClient>
}

export interface SignedIn {
  readonly token: Token
  readonly tokens: TokenProvider
  readonly reply: SignInReply
}

/** Somebody waits for the answer: what does not work at once is told. */
export const impatient: RetryPolicy = { attempts: 2, maxElapsedMs: 20_000, baseDelayMs: 250 }

export interface OrgUnderCheckOptions {
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  readonly signal: AbortSignal
}

export function openOrgUnderCheck(alias: string, config: OrgConfig, options: OrgUnderCheckOptions): OrgUnderCheck {
  const { env, clock, signal } = options
  const agent = createTransport({ connections: 4, headersTimeoutMs: 60_000 })
  const watch = createClockWatch(agent, clock)
  const opened: { close(): Promise<void> }[] = []
  const clientOf = (tokens: TokenProvider): FullOrgClient => {
    const client = createOrgClient({ tokens, transport: watch.transport, clock, retry: impatient })
    opened.push(client)
    return client
  }
  const users = config.auth.users.map(({ name }, index): UserUnderCheck => {
    const signIn = once(async (): Promise<SignedIn> => {
      const user = grantOfUser(alias, config, index, env)
      const { grant, reply } = listening(user.grant)
      const tokens = createTokenProvider({
        user: name,
        loginUrl: config.loginUrl,
        grant,
        ...(config.apiUrl !== undefined && { apiUrl: config.apiUrl }),
        transport: watch.transport,
        clock,
        retry: impatient,
      })
      const token = await tokens.token({ signal })
      return { token, tokens, reply: reply() }
    })
    return {
      name,
      signIn,
      client: once(async () => clientOf((await signIn()).tokens)),
      async clientAt(apiUrl) {
        const { tokens } = await signIn()
        return clientOf({ ...tokens, token: async (asked) => ({ ...(await tokens.token(asked)), apiUrl }) })
      },
    }
  })
  return {
    alias,
    config,
    users: users as unknown as OrgUnderCheck['users'],
    transport: watch.transport,
    clock,
    signal,
    skew: watch.skew,
    async close() {
      for (const each of opened) await each.close()
      await agent.close()
    },
  }
}

/** The grant, and what the reply of the token endpoint said besides the token. */
function listening(grant: Grant): { readonly grant: Grant; readonly reply: () => SignInReply } {
  let said: SignInReply = readReply({})
  return {
    grant: {
      ...grant,
      form: () => grant.form(),
      async replied(document) {
        said = readReply(document)
        await grant.replied?.(document)
      },
    },
    reply: () => said,
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
