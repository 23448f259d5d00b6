import { recordId } from '../ids.ts'
import type { Value } from '../soql/schema.ts'
import type { OrgState } from './org-state.ts'
import { coreError, json, type Reply, type Request } from './reply.ts'

const userInfo = '/services/oauth2/userinfo'

export function isIdentity(path: string): boolean {
  return path === userInfo || path.startsWith('/id/')
}

/** Identity URLs and the UserInfo endpoint, as Salesforce Help describes both: who a token is for. */
export function identityRoute(org: OrgState, request: Request): Reply {
  // Clients may carry the token in the query of an identity URL.
  const { state, user } = org.tokens.check(
    request.headers.authorization ?? `Bearer ${request.query.get('oauth_token') ?? ''}`,
  )
  // assumption: identity URLs answer a bad token with 403 and one word, where the core API has 401.
  if (state === 'unknown' || state === 'expired') return { status: 403, headers: {}, body: 'Bad_OAuth_Token' }
  const [organizationId, userId] = [recordId('Organization', 1), recordId('User', user)]
  const id = `${org.instanceUrl}/id/${organizationId}/${userId}`
  if (request.path !== userInfo && !id.endsWith(request.path)) return coreError(404, 'NOT_FOUND', 'Not Found')
  const field = (name: string): Value => org.schema.get('user')?.fields.get(name)?.get(user) ?? null
  return json(200, {
    ...(request.path === userInfo ? { sub: id, name: field('name') } : { id, asserted_user: true }),
    user_id: userId,
    organization_id: organizationId,
    ...(request.path === userInfo ? { preferred_username: field('username') } : { username: field('username') }),
    display_name: field('name'),
    email: field('email'),
    active: true,
    user_type: 'STANDARD',
    language: 'en_US',
    locale: 'en_US',
    utcOffset: 0,
    urls: {
      rest: `${org.instanceUrl}/services/data/v{version}/`,
      sobjects: `${org.instanceUrl}/services/data/v{version}/sobjects/`,
      query: `${org.instanceUrl}/services/data/v{version}/query/`,
    },
  })
}
