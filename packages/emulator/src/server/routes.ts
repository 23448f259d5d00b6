import { assumed } from '../assumptions.ts'
import { exchangeRoute } from '../data360/exchange-route.ts'
import { tenantEndpoint, tenantRoute } from '../data360/tenant-routes.ts'
import { deleteEndpoint, deletionRoute } from '../deletion/deletion-route.ts'
import type { FaultAction } from '../faults/scenario.ts'
import { apiVersions } from '../limits.ts'
import { attachmentRoute, isAttachment } from './attachments-route.ts'
import type { Endpoint } from './calls.ts'
import { coreCall } from './core-resources.ts'
import { entriesRoute } from './entries-route.ts'
import { gatewayError } from './gateway-error.ts'
import { identityRoute, isIdentity } from './identity-route.ts'
import type { OrgState } from './org-state.ts'
import { coreError, invalidSession, json, notForRest, notFound, type Reply, type Request } from './reply.ts'
import { isSoapLogin, soapLoginRoute } from './soap-login-route.ts'
import { revokeRoute, tokenRoute } from './token-route.ts'

/** Which of the org's servers a request came in by. */
export type Side = 'instance' | 'api' | 'tenant'

const entriesPath = '/platform/engagement/v1.0/conversation-entries'

export function endpointOf(org: Pick<OrgState, 'deletions'>, side: Side, request: Request): Endpoint {
  const { path } = request
  if (side === 'api') {
    return path === entriesPath ? 'conversation-entries' : (deleteEndpoint(org, request) ?? 'other')
  }
  if (side === 'tenant') return tenantEndpoint(path, request.method)
  if (path === '/services/oauth2/token') return 'token'
  if (path === '/services/oauth2/revoke') return 'revoke'
  if (path === '/services/a360/token') return 'a360-token'
  if (path === '/services/data' || path === '/services/data/') return 'versions'
  if (isAttachment(path)) return 'attachment'
  if (isIdentity(path)) return 'identity'
  if (isSoapLogin(path)) return 'soap-login'
  return coreCall(path)?.resource.endpoint(request.method) ?? 'other'
}

/** Answers a request; of the faults only those that change what a page holds are looked at here. */
export async function answer(
  org: OrgState,
  side: Side,
  endpoint: Endpoint,
  request: Request,
  faults: readonly FaultAction[],
): Promise<Reply> {
  if (endpoint === 'conversation-entries') return entriesRoute(org, request, faults)
  if (endpoint === 'delete-participants' || endpoint === 'delete-conversations') {
    return deletionRoute(org, request, endpoint)
  }
  if (side === 'api') return gatewayError(org, 404, 'Not Found')
  if (side === 'tenant') return await tenantRoute(org, request)
  if (endpoint === 'token') return tokenRoute(org, request)
  if (endpoint === 'revoke') return revokeRoute(org, request)
  if (endpoint === 'a360-token') return exchangeRoute(org, request)
  if (endpoint === 'versions') return versionsReply()
  if (isAttachment(request.path)) return attachmentRoute(org, request)
  if (endpoint === 'identity') return identityRoute(org, request)
  if (endpoint === 'soap-login') return soapLoginRoute(org, request)
  return await coreRoute(org, request, faults)
}

/** Everything under `/services/data/vNN.0/`: who asks, which version, whether the day's requests are spent. */
async function coreRoute(org: OrgState, request: Request, faults: readonly FaultAction[]): Promise<Reply> {
  const { state, user, scopes } = org.tokens.check(request.headers.authorization)
  if (state === 'unknown' || state === 'expired') return invalidSession
  if (!scopes.includes('api') && !scopes.includes('full')) return notForRest
  const call = coreCall(request.path)
  if (!call) return notFound
  if (call.version < apiVersions.oldest) {
    return coreError(410, assumed.retiredVersion.errorCode, assumed.retiredVersion.message)
  }
  if (call.version > apiVersions.newest) return notFound
  const { resource, parts } = call
  if (!resource.methods.includes(request.method)) {
    return coreError(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${request.method}' not allowed`)
  }
  const used = org.calls.coreRequests()
  if (used > org.limits.apiRequestsPerDay) {
    return coreError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.')
  }
  const reply = await resource.answer({ org, request, user, version: `v${call.version}.0`, parts, faults })
  return {
    ...reply,
    headers: { ...reply.headers, 'sforce-limit-info': `api-usage=${used}/${org.limits.apiRequestsPerDay}` },
  }
}

function versionsReply(): Reply {
  const versions = []
  for (let number = apiVersions.oldest; number <= apiVersions.newest; number++) {
    versions.push({ label: `API ${number}`, url: `/services/data/v${number}.0`, version: `${number}.0` })
  }
  return json(200, versions)
}
