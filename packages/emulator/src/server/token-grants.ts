import { createVerify } from 'node:crypto'
import { appPublicKey } from './app-keys.ts'
import type { OauthError } from './oauth-errors.ts'
import { type GrantName, grantTypes } from './oauth-switches.ts'
import type { Credentials, OrgState } from './org-state.ts'
import type { Request } from './reply.ts'

/** Who signs in: the number of the app, whose execution user it is. */
export interface SignedIn {
  readonly app: number
  readonly refreshToken?: string
}

/** What a flow makes of a request: somebody, or an error. */
type Flow = (org: OrgState, form: URLSearchParams, client: Client) => SignedIn | OauthError

/** What a request says about its app, in the form or as HTTP Basic. */
interface Client {
  readonly id: string | null
  readonly secret: string | null
}

const flows: Readonly<Record<GrantName, Flow>> = {
  'client-credentials': clientCredentials,
  'jwt-bearer': jwtBearer,
  'username-password': usernamePassword,
  'refresh-token': refreshToken,
}

/** Signs in by the flow a request names. */
export function signIn(org: OrgState, form: URLSearchParams, headers: Request['headers']): SignedIn | OauthError {
  const asked = form.get('grant_type')
  const grant = (Object.keys(flows) as GrantName[]).find((name) => grantTypes[name] === asked)
  if (!grant) return 'unsupportedGrant'
  if (!org.oauth.grants.includes(grant)) {
    // A password flow that is switched off looks like a wrong password.
    return grant === 'username-password' ? 'authenticationFailure' : 'unsupportedGrant'
  }
  const basic = basicCredentials(headers.authorization)
  const client = {
    id: form.get('client_id') ?? basic?.id ?? null,
    secret: form.get('client_secret') ?? basic?.secret ?? null,
  }
  return flows[grant](org, form, client)
}

/** Identity guide, OAuth 2.0 Client Credentials Flow. */
function clientCredentials(org: OrgState, _: URLSearchParams, client: Client): SignedIn | OauthError {
  if (!org.oauth.myDomain) return 'wrongDomain'
  const app = appOf(org, client)
  if (typeof app !== 'number') return app
  return org.oauth.runAsUser ? { app } : 'noRunAsUser'
}

/** Identity guide, OAuth 2.0 Username-Password Flow: the security token stands behind the password. */
function usernamePassword(org: OrgState, form: URLSearchParams, client: Client): SignedIn | OauthError {
  const app = appOf(org, client)
  if (typeof app !== 'number') return app
  const known = org.credentials[app]
  const right = form.get('username') === known?.username && isPassword(org, known, form.get('password'))
  return right ? { app } : 'authenticationFailure'
}

/** Whether somebody typed their password, and behind it, where it is needed, their security token. */
export function isPassword(org: OrgState, known: Credentials | undefined, typed: string | null | undefined): boolean {
  if (!known || typeof typed !== 'string') return false
  const { password, securityToken } = known
  return (
    typed === `${password}${securityToken}` || (org.oauth.securityToken === 'trusted-network' && typed === password)
  )
}

/** Identity guide, OAuth 2.0 Refresh Token Flow: the secret may be missing, for apps that ask for none. */
function refreshToken(org: OrgState, form: URLSearchParams, client: Client): SignedIn | OauthError {
  const app = appOf(org, client, 'secret-optional')
  if (typeof app !== 'number') return app
  const next = org.refreshTokens.use(form.get('refresh_token') ?? '', app, org.oauth.refreshRotation)
  if (next === undefined) return 'expiredRefreshToken'
  return org.oauth.refreshRotation ? { app, refreshToken: next } : { app }
}

/** Who an assertion may be for, besides the org itself. */
const audiences = ['https://login.salesforce.com', 'https://test.salesforce.com']

/** Identity guide, OAuth 2.0 JWT Bearer Flow. */
function jwtBearer(org: OrgState, form: URLSearchParams): SignedIn | OauthError {
  const [header = '', claims = '', signature = '', ...more] = (form.get('assertion') ?? '').split('.')
  const { alg } = decoded(header)
  const { iss, sub, aud, exp } = decoded(claims)
  if (alg !== 'RS256' || typeof exp !== 'number' || more.length > 0) return 'invalidAssertion'
  const app = org.credentials.findIndex(({ clientId }) => clientId === iss)
  if (app < 0) return 'invalidClientId'
  const verifier = createVerify('RSA-SHA256').update(`${header}.${claims}`)
  if (!verifier.verify(appPublicKey(app), signature, 'base64url')) return 'invalidAssertion'
  const origin = typeof aud === 'string' ? aud.replace(/\/$/, '') : ''
  if (origin !== org.instanceUrl && !audiences.includes(origin)) return 'wrongAudience'
  if (exp * 1_000 <= org.clock.now()) return 'expiredAssertion'
  return org.oauth.approved && sub === org.credentials[app]?.username ? { app } : 'notApproved'
}

function appOf(org: OrgState, { id, secret }: Client, rule?: 'secret-optional'): number | OauthError {
  const app = org.credentials.findIndex(({ clientId }) => clientId === id)
  if (app < 0) return 'invalidClientId'
  if (secret === null && rule === 'secret-optional') return app
  return org.credentials[app]?.clientSecret === secret ? app : 'invalidClient'
}

function decoded(part: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}

function basicCredentials(header: string | undefined): Client | undefined {
  const encoded = /^Basic (\S+)$/i.exec(header ?? '')?.[1]
  if (!encoded) return undefined
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { id: text.slice(0, colon), secret: text.slice(colon + 1) }
}
