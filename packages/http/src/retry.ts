import { type Clock, type CustodyError, usageError } from '@custody/pipeline'

/** Why something is tried again. */
export type RetryReason =
  | 'unreachable'
  | 'body-truncated'
  | 'not-json'
  | 'not-text'
  | 'rate-limit'
  | 'unavailable'
  | 'token-refused'
  | 'not-found'

/** How often and how long one call may try. Both bounds hold. */
export interface RetryPolicy {
  /**
   * How often it is sent at most; replays with a new token are not counted.
   * @defaultValue 8: with the delays below, a minute's rate limit has passed by then
   */
  readonly attempts?: number
  /**
   * Elapsed time at most, waits and failed attempts together (waits at the rate limit are not failures and do not count).
   * A `Retry-After` beyond it ends the call at once: asking sooner would be rude, waiting longer was not allowed.
   * @defaultValue 5 min: longer than a restart of the other side, shorter than anybody's patience with a hanging job. When
   * the server says that a limit over a longer time is used up (Connect REST: an hour), that time
   */
  readonly maxElapsedMs?: number
  /** The first delay is drawn from 0 to here, each next range is twice as wide. @defaultValue 1 s */
  readonly baseDelayMs?: number
  /** No range is wider. @defaultValue 60 s */
  readonly maxDelayMs?: number
}

/** How one attempt ended. */
export type Attempt<T> =
  | { readonly value: T }
  | {
      readonly error: CustodyError
      /** Null: trying again cannot help. */
      readonly reason: RetryReason | null
      /** What the server asked for. */
      readonly retryAfterMs?: number | null
      /** How long the attempt took. */
      readonly ms?: number
      /** Replaces the call's policy for this failure: a limit over an hour asks for more patience than a fault. */
      readonly policy?: Required<RetryPolicy>
      /** The answer was lost or says nothing of it: what was asked for may have been carried out. */
      readonly lost?: boolean
      /** Send again now, without counting it: the request was fine, its token was not. The caller bounds these. */
      readonly replay?: boolean
    }

/** What repeating a call needs from outside. */
export interface RetryContext {
  readonly clock: Clock
  /** From 0 up to, not including, 1. */
  readonly random: () => number
  readonly signal?: AbortSignal | undefined
  readonly onRetry: (reason: RetryReason, attempt: number, waitMs: number) => void
}

/** Fills in the defaults. @throws CustodyError `HTTP_OPTIONS` (usage) */
export function retryPolicy(policy: RetryPolicy = {}): Required<RetryPolicy> {
  const full = { attempts: 8, maxElapsedMs: 300_000, baseDelayMs: 1_000, maxDelayMs: 60_000, ...policy }
  for (const [name, value] of Object.entries(full)) {
    if (!Number.isFinite(value) || value < (name === 'attempts' ? 1 : 0)) {
      throw usageError('HTTP_OPTIONS', `retry.${name} must be a number of at least ${name === 'attempts' ? 1 : 0}.`)
    }
  }
  return full
}

/** The same number of attempts, spread over a limit's window where that is longer: until then nothing would change. */
export function stretched(policy: Required<RetryPolicy>, windowMs: number): Required<RetryPolicy> {
  if (windowMs <= policy.maxElapsedMs) return policy
  const baseDelayMs = policy.baseDelayMs === 0 ? 0 : windowMs / 2 ** (policy.attempts - 1)
  return { ...policy, maxElapsedMs: windowMs, maxDelayMs: windowMs, baseDelayMs }
}

/**
 * How long to wait after the given number of failures, or null when a bound is reached. Full jitter: drawn evenly from
 * the whole range, which spreads lanes that failed together best. Never shorter than what the server asked for.
 */
export function retryDelay(
  policy: Required<RetryPolicy>,
  failed: { readonly times: number; readonly elapsedMs: number; readonly retryAfterMs: number | null },
  random: () => number,
): number | null {
  const leftMs = policy.maxElapsedMs - failed.elapsedMs
  const askedMs = failed.retryAfterMs ?? 0
  if (failed.times >= policy.attempts || leftMs <= 0 || askedMs > leftMs) return null
  const range = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (failed.times - 1))
  return Math.min(Math.max(askedMs, Math.floor(random() * range)), leftMs)
}

/** Runs `attempt` until it gives a value, its failure is final, or the policy's bounds are reached: then it throws. */
export async function retrying<T>(
  policy: Required<RetryPolicy>,
  context: RetryContext,
  attempt: (number: number) => Promise<Attempt<T>>,
): Promise<T> {
  let times = 0
  let elapsedMs = 0
  for (let number = 1; ; number++) {
    const outcome = await attempt(number)
    if ('value' in outcome) return outcome.value
    const { error, reason, retryAfterMs = null, ms = 0, replay = false } = outcome
    if (reason === null) throw error
    if (replay) {
      context.onRetry(reason, number, 0)
      continue
    }
    times += 1
    elapsedMs += Math.max(0, ms)
    const waitMs = retryDelay(outcome.policy ?? policy, { times, elapsedMs, retryAfterMs }, context.random)
    if (waitMs === null) throw error
    context.onRetry(reason, number, waitMs)
    await context.clock.sleep(waitMs, context.signal)
    elapsedMs += waitMs
  }
}
