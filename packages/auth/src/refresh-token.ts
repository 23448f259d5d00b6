import { CustodyError } from '@custody/pipeline'
import { assertFilled, type Grant } from './grant.ts'

/** The app and the refresh token it was given. */
export interface RefreshTokenOptions {
  /** The consumer key of the External Client App. */
  readonly clientId: string
  /** The consumer secret. @defaultValue none, for apps that ask for none in this flow */
  readonly clientSecret?: string
  readonly refreshToken: string
  /**
   * Is given each new refresh token before anything else is done. Apps that rotate refresh tokens send one with every
   * reply, and the one before is worth nothing from then on: write it down, or nobody can sign in next time. What it throws
   * ends the sign-in with `AUTH_REFRESH_TOKEN_NOT_KEPT`.
   *
   * @defaultValue none: a new one is held in memory, as long as the process lives
   */
  readonly onRefreshToken?: (refreshToken: string) => void | Promise<void>
}

/**
 * The refresh token flow: on from a sign-in that a person made elsewhere.
 *
 * @throws CustodyError `AUTH_OPTIONS` (usage)
 */
export function refreshToken(options: RefreshTokenOptions): Grant {
  const { clientId, clientSecret, onRefreshToken } = options
  assertFilled('refreshToken', {
    clientId,
    refreshToken: options.refreshToken,
    ...(clientSecret !== undefined && { clientSecret }),
  })
  let held = options.refreshToken
  /** The last one that was handed on and kept. */
  let kept = held

  return {
    name: 'refresh-token',
    form: async () => ({
      grant_type: 'refresh_token',
      client_id: clientId,
      ...(clientSecret !== undefined && { client_secret: clientSecret }),
      refresh_token: held,
    }),
    async replied({ refresh_token: rotated }) {
      if (typeof rotated === 'string' && rotated !== '') held = rotated
      if (held === kept || !onRefreshToken) return
      try {
        await onRefreshToken(held)
        kept = held
      } catch (error) {
        throw notKept(error)
      }
    },
  }
}

/** Without the cause: whoever was given a token may name it in what it throws. */
function notKept(cause: unknown): CustodyError {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : ''
  const reason = /^E[A-Z]{2,20}$/.test(code) ? ` (${code})` : ''
  return new CustodyError('AUTH_REFRESH_TOKEN_NOT_KEPT', `A new refresh token could not be kept${reason}.`, {
    // An error of ours knows the place, and never the token.
    actions: CustodyError.isInstance(cause)
      ? cause.actions
      : [
          'See to it that the place of the refresh token can be written to.',
          'If the next sign-in is refused, have the person sign in again: the old refresh token may be used up.',
        ],
  })
}
