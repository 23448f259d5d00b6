import type { Token, TokenProvider } from '@custody/http'
import { abortable, type Clock, CustodyError, usageError } from '@custody/pipeline'

/** A new token, and when it was asked for: its life starts there at the earliest. */
export interface Issued {
  readonly token: Token
  readonly requestedAt: number
}

export interface TokenHolderOptions {
  readonly issue: () => Promise<Issued>
  /** Renewal ahead of time failed for now with this error; the old token is used on. */
  readonly onKeep: (token: Token, error: CustodyError) => void
  readonly clock: Clock
  readonly random: () => number
}

/** A token and when to ask for the next one. */
interface Held {
  readonly token: Token
  readonly renewAt: number
}

/**
 * Holds the current token. Calls at the same moment share one renewal; a token is renewed after 80 to 90 % of its life
 * (drawn anew each time, so that many processes do not renew together) or once it is {@link TokenProvider.refused}.
 */
export function createTokenHolder({ issue, onKeep, clock, random }: TokenHolderOptions): TokenProvider {
  let held: Held | null = null
  let renewal: Promise<Token> | null = null

  async function renew(): Promise<Token> {
    const before = held
    try {
      const { token, requestedAt } = await issue()
      const life = token.expiresAt === null ? Number.POSITIVE_INFINITY : token.expiresAt - requestedAt
      held = { token, renewAt: requestedAt + life * (0.8 + 0.1 * random()) }
      return token
    } catch (error) {
      // Still valid and not refused meanwhile: better the old token than none, but ask again soon.
      const now = clock.now()
      const expiresAt = before?.token.expiresAt ?? 0
      if (!before || held !== before || now >= expiresAt || !isPassing(error)) throw error
      held = { token: before.token, renewAt: now + (expiresAt - now) / 2 }
      onKeep(before.token, error)
      return before.token
    }
  }

  return {
    async token({ signal } = {}) {
      signal?.throwIfAborted()
      if (held && clock.now() < held.renewAt) return held.token
      // Shared by all who ask meanwhile: nobody's signal may end it for the others.
      renewal ??= renew().finally(() => {
        renewal = null
      })
      return await abortable(renewal, signal)
    },
    refused(token) {
      // A late refusal of an older token must not cost the new one.
      if (held?.token.accessToken === token.accessToken) held = null
    },
  }
}

function isPassing(error: unknown): error is CustodyError {
  return CustodyError.isInstance(error) && error.retryable
}

/** @throws CustodyError `AUTH_OPTIONS` (usage) */
export function assertLifetime(where: string, lifetimeMs: number | undefined): void {
  if (lifetimeMs === undefined || (Number.isFinite(lifetimeMs) && lifetimeMs > 0)) return
  throw usageError('AUTH_OPTIONS', `${where}: lifetimeMs must be a number above 0.`)
}
