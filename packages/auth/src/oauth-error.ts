import type { CustodyError } from '@custody/pipeline'
import { knownOauthErrors } from './assumptions.ts'
import { type SignIn, signInError } from './sign-in.ts'

/**
 * The error for an OAuth refusal, or null when the body is none. Of the body, only a code that looks like one is kept, and
 * never one that repeats something we sent.
 */
export function oauthError(
  body: unknown,
  status: number,
  signIn: SignIn,
  sent: readonly string[],
): CustodyError | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null
  const { error, error_description: description } = body as Record<string, unknown>
  if (typeof error !== 'string') return null

  const text = typeof description === 'string' ? description : ''
  const known = knownOauthErrors.find((entry) => entry.error === error && (entry.description?.test(text) ?? true))
  if (known) return signInError(known.code, known.message, signIn, known.actions)

  const name = /^[a-z_]{1,60}$/.test(error) && !sent.includes(error) ? ` (${error})` : ''
  return signInError('AUTH_REFUSED', `the token endpoint answered ${status}${name}`, signIn, refusedActions)
}

/** For a refusal that says nothing in OAuth's words. */
export function silentRefusal(status: number, signIn: SignIn): CustodyError {
  return signInError(
    'AUTH_REFUSED',
    `the token endpoint answered ${status} without an OAuth error`,
    signIn,
    refusedActions,
  )
}

const refusedActions = [
  'Check that loginUrl is the My Domain address of the org, not the Lightning one.',
  "The Login History of the execution user in Setup shows the server's reason.",
]
