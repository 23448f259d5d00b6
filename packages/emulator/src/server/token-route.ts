import { recordId } from '../ids.ts'
import { executionUser } from '../world/staff.ts'
import type { OrgState } from './org-state.ts'
import { json, type Reply, type Request } from './reply.ts'

/** `POST /services/oauth2/token` */
export function tokenRoute(org: OrgState, request: Request): Reply {
  if (request.method !== 'POST') return refuse('invalid_request', 'must use HTTP POST')
  const form = new URLSearchParams(request.body)
  const grant = form.get('grant_type')
  if (grant !== 'client_credentials') return refuse('unsupported_grant_type', 'grant type not supported')
  const basic = basicCredentials(request.headers.authorization)
  const clientId = form.get('client_id') ?? basic?.clientId
  const clientSecret = form.get('client_secret') ?? basic?.clientSecret
  const k = org.credentials.findIndex((known) => known.clientId === clientId)
  if (k < 0) return refuse('invalid_client_id', 'client identifier invalid')
  if (org.credentials[k]?.clientSecret !== clientSecret) return refuse('invalid_client', 'invalid client credentials')
  // Scopes that client credentials cannot have are dropped; none left is an error.
  const scopes = (form.get('scope') ?? 'sfap_api api').split(/\s+/).filter((scope) => !unsupportedScopes.has(scope))
  if (scopes.length === 0) return refuse('invalid_grant', 'no valid scopes defined')

  const user = executionUser(k).number
  const { accessToken, signature, issuedAt } = org.tokens.issue(user, { instance: org.instanceUrl })
  return json(
    200,
    {
      access_token: accessToken,
      signature,
      ...(org.switches.tokenFormat === 'jwt' && { token_format: 'jwt' }),
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

function refuse(error: string, description: string): Reply {
  return json(400, { error, error_description: description }, { 'cache-control': 'no-store' })
}

function basicCredentials(header: string | undefined): { clientId: string; clientSecret: string } | undefined {
  const encoded = /^Basic (\S+)$/i.exec(header ?? '')?.[1]
  if (!encoded) return undefined
  const text = Buffer.from(encoded, 'base64').toString()
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { clientId: text.slice(0, colon), clientSecret: text.slice(colon + 1) }
}
