import type { RetryReason } from '@custody/http'

/** What happens around tokens. No token, no secret. */
export type TokenEvent =
  /** A new token is there. `lifetimeMs` is null when nothing tells. */
  | {
      readonly type: 'token-issue'
      readonly user: string
      readonly grant: string
      readonly attempt: number
      readonly lifetimeMs: number | null
    }
  /** Asking for one failed; the next attempt follows after `waitMs`. */
  | {
      readonly type: 'token-retry'
      readonly user: string
      readonly reason: RetryReason
      readonly attempt: number
      readonly waitMs: number
    }
  /** Renewal ahead of expiry failed for now; the old token is used on, at most until it expires. */
  | { readonly type: 'token-keep'; readonly user: string; readonly code: string }
