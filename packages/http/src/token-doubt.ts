import type { Clock } from '@custody/pipeline'
import { trustTokenMs } from './assumptions.ts'
import { createSteadyTime } from './steady-time.ts'
import type { Token } from './token.ts'

/**
 * What a failure says about the token.
 *
 * - `renew`: it may be bad; get a new one and ask again.
 * - `replay`: it has been replaced since; ask again with the one there is now.
 * - `trust`: the failure is not the token's, or a new one did not help.
 */
export type Verdict = 'renew' | 'replay' | 'trust'

/** Judges the tokens of one client. */
export interface TokenDoubt {
  /** Notes the token about to be used. */
  seen(token: Token): void
  /** Starts a call; the function takes each of its failed attempts, in order. */
  call(origin: 'instance' | 'api'): (status: number | null, token: Token) => Verdict
}

/**
 * A 401 is the token's fault, unless the attempt before it was a 401 too. A 404 of the gateway may be: for that the token
 * is renewed once for the client, and later only if it has been in use for long. Thousands of missing conversations must
 * not mint thousands of tokens.
 *
 * Tokens are told apart as objects: a server may well issue the same text again.
 */
export function createTokenDoubt(clock: Clock): TokenDoubt {
  const now = createSteadyTime(clock)
  const replaced = new WeakSet<Token>()
  let current: { readonly token: Token; readonly since: number } | null = null
  let renewed = false

  const judgeMissing = (token: Token): Verdict => {
    if (current?.token !== token) return 'replay'
    if (renewed && now() - current.since < trustTokenMs) return 'trust'
    renewed = true
    replaced.add(token)
    current = null
    return 'renew'
  }

  return {
    seen(token) {
      // A slow lane may come with a token that was replaced after the lane had got it.
      if (current?.token !== token && !replaced.has(token)) current = { token, since: now() }
    },
    call(origin) {
      let before: number | null = null
      let doubted = false
      return (status, token) => {
        const repeated = before === status
        before = status
        if (status === 401) return repeated ? 'trust' : 'renew'
        if (status !== 404 || origin !== 'api' || doubted) return 'trust'
        doubted = true
        return judgeMissing(token)
      }
    },
  }
}
