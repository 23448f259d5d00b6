import {
  createTransport,
  exchange,
  type RetryPolicy,
  refused,
  retrying,
  retryPolicy,
  type Token,
  type Transport,
} from '@custody/http'
import { type Clock, CustodyError } from '@custody/pipeline'
import { oauthError, silentRefusal } from './oauth-error.ts'
import type { SignIn } from './sign-in.ts'
import type { TokenEvent } from './token-event.ts'
import type { Issued } from './token-holder.ts'
import type { TokenReply } from './token-reply.ts'

/** What to post where, and what to make of the reply. Asked for anew before each attempt. */
export interface TokenQuestion {
  readonly signIn: SignIn
  readonly url: URL
  readonly form: Readonly<Record<string, string>>
  /** The token in a successful reply. What it throws ends the sign-in. */
  readonly read: (reply: TokenReply) => Token | Promise<Token>
  /** Whether something could be renewed because of this failure, so that the question is worth asking once more. */
  readonly renewed?: (error: CustodyError, status: number) => boolean
}

export interface TokenRequestOptions {
  /** Names the call in errors. */
  readonly endpoint: string
  /** @defaultValue a transport of its own; its connections close by themselves */
  readonly transport?: Transport
  /** @defaultValue 5 attempts within 1 minute: a wrong address should be noticed soon */
  readonly retry?: RetryPolicy
  readonly clock: Clock
  readonly random: () => number
  readonly onEvent?: ((event: TokenEvent) => void) | undefined
}

const maxReplyBytes = 1024 * 1024

/** Asks for a token until there is one, the answer is final, or the bounds are reached. @throws CustodyError (usage) */
export function createTokenRequest(
  options: TokenRequestOptions,
): (question: () => Promise<TokenQuestion>) => Promise<Issued> {
  const { endpoint, clock, random, onEvent } = options
  const policy = retryPolicy({ attempts: 5, maxElapsedMs: 60_000, ...options.retry })
  const transport =
    options.transport ?? createTransport({ connections: 1, keepAliveMs: 1_000, headersTimeoutMs: 30_000 })

  return async (question) => {
    let user = ''
    return await retrying(
      policy,
      {
        clock,
        random,
        onRetry: (reason, attempt, waitMs) => onEvent?.({ type: 'token-retry', user, reason, attempt, waitMs }),
      },
      async (attempt) => {
        const { signIn, url, form, read, renewed } = await question()
        user = signIn.user
        const requestedAt = clock.now()
        const { outcome, ms } = await exchange({
          transport,
          request: { method: 'POST', url, headers, body: new URLSearchParams(form).toString() },
          endpoint,
          attempt,
          maxBodyBytes: maxReplyBytes,
          clock,
        })
        if ('error' in outcome) return outcome

        const reply: TokenReply = { text: outcome.text, signIn, sent: Object.values(form), requestedAt }
        try {
          if (outcome.status < 200 || outcome.status > 299) {
            const failure = refused({ endpoint, attempt, now: clock.now(), ...outcome })
            if (failure.reason !== null) return { ...failure, ms }
            // A redirect keeps its own error; every other refusal is about signing in.
            throw outcome.status < 400 ? failure.error : refusalOf(reply, outcome.status)
          }
          const token = await read(reply)
          const lifetimeMs = token.expiresAt === null ? null : token.expiresAt - requestedAt
          onEvent?.({ type: 'token-issue', user, grant: signIn.grant, attempt, lifetimeMs })
          return { value: { token, requestedAt } }
        } catch (error) {
          if (!CustodyError.isInstance(error) || !renewed?.(error, outcome.status)) throw error
          return { error, reason: 'token-refused', replay: true }
        }
      },
    )
  }
}

const headers = {
  accept: 'application/json',
  'content-type': 'application/x-www-form-urlencoded',
  'user-agent': 'custody',
}

function refusalOf({ text, signIn, sent }: TokenReply, status: number): CustodyError {
  let body: unknown = null
  try {
    body = JSON.parse(text)
  } catch {
    // Its message would quote the reply.
  }
  return oauthError(body, status, signIn, sent) ?? silentRefusal(status, signIn)
}
