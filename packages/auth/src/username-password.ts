import { assertFilled, type Grant } from './grant.ts'

/** Credentials of an app and of a user, for orgs that allow this flow still. */
export interface UsernamePasswordOptions {
  /** The consumer key of the External Client App. */
  readonly clientId: string
  /** The consumer secret. */
  readonly clientSecret: string
  readonly username: string
  readonly password: string
  /** Sent behind the password. @defaultValue none: enough from a trusted IP range */
  readonly securityToken?: string
}

/**
 * The username-password flow. Salesforce advises against it, and many orgs have it switched off; it is here for those that
 * have nothing else yet.
 *
 * @throws CustodyError `AUTH_OPTIONS` (usage)
 */
export function usernamePassword(options: UsernamePasswordOptions): Grant {
  const { clientId, clientSecret, username, password, securityToken } = options
  assertFilled('usernamePassword', {
    clientId,
    clientSecret,
    username,
    password,
    ...(securityToken !== undefined && { securityToken }),
  })
  return {
    name: 'username-password',
    form: async () => ({
      grant_type: 'password',
      client_id: clientId,
      client_secret: clientSecret,
      username,
      password: `${password}${securityToken ?? ''}`,
    }),
  }
}
