import { CustodyError } from '@custody/pipeline'

/** What names an attempt to get a token: words of the configuration, no secrets. */
export interface SignIn {
  readonly user: string
  readonly grant: string
  readonly host: string
  readonly advice: Advice
}

/** What to do when the answer itself does not tell. */
export interface Advice {
  /** It was refused. */
  readonly refused: readonly string[]
  /** Something else than the token endpoint answered, as it seems. */
  readonly odd: readonly string[]
}

/** The error of a failed sign-in. `what` must hold nothing that was sent or received. */
export function signInError(code: string, what: string, signIn: SignIn, actions: readonly string[]): CustodyError {
  const { user, grant, host } = signIn
  return new CustodyError(code, `Signing in ${user} at ${host} (${grant}) failed: ${what}.`, {
    kind: 'sign-in',
    actions,
  })
}
