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
  const known = knownOauthErrors.find(
    (entry) =>
      (entry.error === undefined || entry.error === error) &&
      (entry.grant === undefined || entry.grant === signIn.grant) &&
      (entry.description?.test(text) ?? true),
  )
  if (known) return signInError(known.code, known.message, signIn, known.actions)

  const isWord = /^[a-z_]{1,60}$/.test(error) && !sent.some((value) => value.includes(error))
  const name = isWord ? ` (${error})` : ''
  return signInError('AUTH_REFUSED', `the token endpoint answered ${status}${name}`, signIn, signIn.advice.refused)
}

/** For a refusal that says nothing in OAuth's words. */
export function silentRefusal(status: number, signIn: SignIn): CustodyError {
  const what = `the token endpoint answered ${status} without an OAuth error`
  return signInError('AUTH_REFUSED', what, signIn, signIn.advice.refused)
}
