import { recordId } from '../ids.ts'
import { executionUser } from '../world/staff.ts'
import { oauthError } from './oauth-errors.ts'
import type { OrgState } from './org-state.ts'
import { json, type Reply, type Request } from './reply.ts'
import { signIn } from './token-grants.ts'

/** `POST /services/oauth2/token`: Agent API guide (client credentials), Identity guide (the others). */
export function tokenRoute(org: OrgState, request: Request): Reply {
  if (request.method !== 'POST') return oauthError('notPost')
  const form = new URLSearchParams(request.body)
  const signedIn = signIn(org, form, request.headers)
  if (typeof signedIn === 'string') return oauthError(signedIn)
  const scopes = scopesOf(org, form)
  if (scopes.length === 0) return oauthError('noScopes')

  const user = executionUser(signedIn.app).number
  const { accessToken, signature, issuedAt } = org.tokens.issue(user, { instance: org.instanceUrl, scopes })
  return json(
    200,
    {
      access_token: accessToken,
      signature,
      ...(org.switches.tokenFormat === 'jwt' && { token_format: 'jwt' }),
      ...(signedIn.refreshToken !== undefined && { refresh_token: signedIn.refreshToken }),
      scope: scopes.join(' '),
      instance_url: org.instanceUrl,
      id: `${org.instanceUrl}/id/${recordId('Organization', 1)}/${recordId('User', user)}`,
      token_type: 'Bearer',
      issued_at: String(issuedAt),
      api_instance_url: org.apiUrl,
    },
    { 'cache-control': 'no-store', pragma: 'no-cache' },
  )
}

const unsupportedScopes = new Set(['', 'full', 'refresh_token', 'offline_access'])

/** The scopes of a token. Since Winter '26 those that client credentials cannot have are dropped; none left is an error. */
function scopesOf(org: OrgState, form: URLSearchParams): readonly string[] {
  const asked = form.get('scope')?.split(/\s+/) ?? org.oauth.scopes
  if (form.get('grant_type') !== 'client_credentials') return asked
  return asked.filter((scope) => !unsupportedScopes.has(scope))
}

/** `POST /services/oauth2/revoke` with `token` in the form or the query string: Identity guide, Revoke OAuth Tokens. */
export function revokeRoute(org: OrgState, request: Request): Reply {
  const token = new URLSearchParams(request.body).get('token') ?? request.query.get('token') ?? ''
  const known = [org.tokens.revoke(token), org.refreshTokens.revoke(token)]
  if (!known.includes(true)) return oauthError('unknownToken')
  return { status: 200, headers: { 'cache-control': 'no-store' }, body: '' }
}
