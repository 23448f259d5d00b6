import { usageError } from '@custody/pipeline'

/** A way to sign in: what is posted to the token endpoint. */
export interface Grant {
  /** Stands in events and errors: `client-credentials`. */
  readonly name: string
  /** The form fields, made anew for each request: an assertion is short-lived. */
  form(): Promise<Readonly<Record<string, string>>>
  /** Is shown each successful reply before the token is read from it. What it throws ends the sign-in. */
  replied?(reply: Readonly<Record<string, unknown>>): Promise<void>
}

/** The credentials of an External Client App. */
export interface ClientCredentialsOptions {
  /** The consumer key of the External Client App. */
  readonly clientId: string
  /** The consumer secret. From the environment or a file, never from a flag or the configuration itself. */
  readonly clientSecret: string
}

/**
 * The client credentials flow: the app signs in as its Run As user.
 *
 * @throws CustodyError `AUTH_OPTIONS` (usage)
 */
export function clientCredentials({ clientId, clientSecret }: ClientCredentialsOptions): Grant {
  assertFilled('clientCredentials', { clientId, clientSecret })
  return {
    name: 'client-credentials',
    form: async () => ({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
  }
}

/** Refuses what is empty. @throws CustodyError `AUTH_OPTIONS` (usage) */
export function assertFilled(where: string, values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== 'string' || value.trim() === '') {
      throw usageError('AUTH_OPTIONS', `${where}: ${name} is empty.`, `Set the variable or file ${name} comes from.`)
    }
  }
}
