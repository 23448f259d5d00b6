import { clientCredentials, type Grant, jwtBearer, refreshToken, usernamePassword } from '@custody/auth'
import type { AuthConfig } from '../config/auth-schema.ts'
import type { OrgConfig } from '../config/schema.ts'
import { readSecret, type SecretReference } from '../config/secret.ts'
import { keepRefreshToken } from './keep-refresh-token.ts'

/** An execution user, ready to sign in. */
export interface SigningIn {
  readonly name: string
  readonly grant: Grant
}

/**
 * The grants of an org's execution users; reads their secrets.
 *
 * @throws CustodyError `SECRET_MISSING`, `AUTH_OPTIONS` of kind usage
 */
export function grantsOf(
  alias: string,
  { auth, loginUrl }: Pick<OrgConfig, 'auth' | 'loginUrl'>,
  env: NodeJS.ProcessEnv,
): readonly [SigningIn, ...SigningIn[]] {
  const grants = auth.users.map((_, index) => grantOfUser(alias, { auth, loginUrl }, index, env))
  return grants as [SigningIn, ...SigningIn[]]
}

/** The grant of one of them, by its place in the pool; reads its secrets alone. */
export function grantOfUser(
  alias: string,
  { auth, loginUrl }: Pick<OrgConfig, 'auth' | 'loginUrl'>,
  index: number,
  env: NodeJS.ProcessEnv,
): SigningIn {
  const where = `orgs.${alias}.auth.users.${index}`
  return grantOf(auth, index, loginUrl, (key, reference) => readSecret(reference, `${where}.${key}`, env))
}

function grantOf(
  auth: AuthConfig,
  index: number,
  loginUrl: string,
  read: (key: string, reference: SecretReference) => string,
): SigningIn {
  switch (auth.flow) {
    case 'client-credentials': {
      const { name, clientId, clientSecret } = auth.users[index] as (typeof auth.users)[0]
      const grant = clientCredentials({
        clientId: read('clientId', clientId),
        clientSecret: read('clientSecret', clientSecret),
      })
      return { name, grant }
    }
    case 'jwt-bearer': {
      const { name, clientId, username, privateKey, passphrase, audience } = auth.users[index] as (typeof auth.users)[0]
      const grant = jwtBearer({
        clientId: read('clientId', clientId),
        username,
        key: read('privateKey', privateKey),
        ...(passphrase && { passphrase: read('passphrase', passphrase) }),
        audience: audience ?? loginUrl,
      })
      return { name, grant }
    }
    case 'password': {
      const { name, clientId, clientSecret, username, password, securityToken } = auth.users[
        index
      ] as (typeof auth.users)[0]
      const grant = usernamePassword({
        clientId: read('clientId', clientId),
        clientSecret: read('clientSecret', clientSecret),
        username,
        password: read('password', password),
        ...(securityToken && { securityToken: read('securityToken', securityToken) }),
      })
      return { name, grant }
    }
    case 'refresh-token': {
      const { name, clientId, clientSecret, refreshToken: token } = auth.users[index] as (typeof auth.users)[0]
      const grant = refreshToken({
        clientId: read('clientId', clientId),
        ...(clientSecret && { clientSecret: read('clientSecret', clientSecret) }),
        refreshToken: read('refreshToken', token),
        onRefreshToken: (rotated) => keepRefreshToken(token, rotated),
      })
      return { name, grant }
    }
  }
}
