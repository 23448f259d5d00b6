import { z } from 'zod'
import { address, secret } from './parts.ts'
import type { SecretReference } from './secret.ts'

/** How execution users sign in: one flow, one or more users of the org. Each user has limits of its own. */
export type AuthConfig =
  | { readonly flow: 'client-credentials'; readonly users: Users<ClientCredentialsUser> }
  | { readonly flow: 'jwt-bearer'; readonly users: Users<JwtBearerUser> }
  | { readonly flow: 'password'; readonly users: Users<PasswordUser> }
  | { readonly flow: 'refresh-token'; readonly users: Users<RefreshTokenUser> }

type Users<User> = readonly [User, ...User[]]

interface ExecutionUser {
  /** Stands in messages and limits. */
  readonly name: string
  readonly clientId: SecretReference
}

export interface ClientCredentialsUser extends ExecutionUser {
  readonly clientSecret: SecretReference
}

export interface JwtBearerUser extends ExecutionUser {
  readonly username: string
  readonly privateKey: SecretReference
  readonly passphrase?: SecretReference | undefined
  readonly audience?: string | undefined
}

export interface PasswordUser extends ExecutionUser {
  readonly clientSecret: SecretReference
  readonly username: string
  readonly password: SecretReference
  readonly securityToken?: SecretReference | undefined
}

export interface RefreshTokenUser extends ExecutionUser {
  readonly clientSecret?: SecretReference | undefined
  readonly refreshToken: SecretReference
}

const name = z.string().min(1).describe('Names the execution user in messages and limits.')
const username = z.string().min(1).describe('The Salesforce user name.')

const clientCredentials = z.strictObject({ name, clientId: secret, clientSecret: secret })

const jwtBearer = z.strictObject({
  name,
  clientId: secret,
  username,
  privateKey: secret.describe('The RSA key in PEM whose certificate is uploaded in the app.'),
  passphrase: secret.optional().describe('Of an encrypted key.'),
  audience: address
    .optional()
    .describe('Whom assertions are for. Default: loginUrl; older connected apps want https://login.salesforce.com.'),
})

const password = z.strictObject({
  name,
  clientId: secret,
  clientSecret: secret,
  username,
  password: secret,
  securityToken: secret.optional().describe('Appended to the password, where the org asks for it.'),
})

const refreshToken = z.strictObject({ name, clientId: secret, clientSecret: secret.optional(), refreshToken: secret })

const flowNames = ['client-credentials', 'jwt-bearer', 'password', 'refresh-token'] as const

export const authSchema: z.ZodType<AuthConfig> = z.discriminatedUnion(
  'flow',
  [
    z.strictObject({ flow: z.literal('client-credentials'), users: pool(clientCredentials) }),
    z.strictObject({ flow: z.literal('jwt-bearer'), users: pool(jwtBearer) }),
    z.strictObject({ flow: z.literal('password'), users: pool(password) }),
    z.strictObject({ flow: z.literal('refresh-token'), users: pool(refreshToken) }),
  ],
  { error: `must have a flow: ${flowNames.join(', ')}` },
)

function pool<User extends { readonly name: string }>(user: z.ZodType<User>): z.ZodType<Users<User>> {
  return z
    .tuple([user], user)
    .refine((users) => new Set(users.map((each) => each?.name)).size === users.length, {
      error: 'must name each execution user differently',
    })
    .describe('A pool: each execution user has its own limits, and they are used evenly.')
}
