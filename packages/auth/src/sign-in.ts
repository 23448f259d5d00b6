import { CustodyError } from '@custody/pipeline'

/** What names an attempt to sign in: words of the configuration, no secrets. */
export interface SignIn {
  readonly user: string
  readonly grant: string
  readonly host: string
}

/** The error of a failed sign-in. `what` must hold nothing that was sent or received. */
export function signInError(code: string, what: string, signIn: SignIn, actions: readonly string[]): CustodyError {
  const { user, grant, host } = signIn
  return new CustodyError(code, `Signing in ${user} at ${host} (${grant}) failed: ${what}.`, {
    kind: 'sign-in',
    actions,
  })
}
