import { assumed } from '../assumptions.ts'
import type { FaultAction } from '../faults/scenario.ts'
import { apiVersions } from '../limits.ts'
import type { Endpoint } from './calls.ts'
import { entriesRoute } from './entries-route.ts'
import { gatewayError } from './gateway-error.ts'
import type { OrgState } from './org-state.ts'
import { queryMoreRoute, queryRoute } from './query-route.ts'
import { coreError, invalidSession, json, notFound, type Reply, type Request } from './reply.ts'
import { tokenRoute } from './token-route.ts'

/** Which of the two servers a request came in by. */
export type Side = 'instance' | 'api'

const core = /^\/services\/data\/v(\d{1,3})\.0\/(query|queryAll|limits)(?:\/([^/]*))?$/

const entriesPath = '/platform/engagement/v1.0/conversation-entries'

export function endpointOf(side: Side, path: string): Endpoint {
  if (side === 'api') return path === entriesPath ? 'conversation-entries' : 'other'
  if (path === '/services/oauth2/token') return 'token'
  if (path === '/services/data' || path === '/services/data/') return 'versions'
  const match = core.exec(path)
  if (!match) return 'other'
  if (match[2] === 'limits') return 'limits'
  return match[3] ? 'query-more' : 'query'
}

/** Answers a request; of the faults only those that change what a page holds are looked at here. */
export function answer(
  org: OrgState,
  side: Side,
  endpoint: Endpoint,
  request: Request,
  faults: readonly FaultAction[],
): Reply {
  if (endpoint === 'conversation-entries') return entriesRoute(org, request, faults)
  if (side === 'api') return gatewayError(org, 404, 'Not Found')
  if (endpoint === 'token') return tokenRoute(org, request)
  if (endpoint === 'versions') return versionsReply()
  return coreRoute(org, request)
}

function coreRoute(org: OrgState, request: Request): Reply {
  const { state, user } = org.tokens.check(request.headers.authorization)
  if (state === 'unknown' || state === 'expired') return invalidSession
  const match = core.exec(request.path)
  if (!match) return notFound
  const [, version, resource, rest] = match
  const number = Number(version)
  if (number < apiVersions.oldest) {
    return coreError(410, assumed.retiredVersion.errorCode, assumed.retiredVersion.message)
  }
  if (number > apiVersions.newest) return notFound
  if (request.method !== 'GET')
    return coreError(405, 'METHOD_NOT_ALLOWED', `HTTP Method '${request.method}' not allowed`)
  const used = org.calls.coreRequests()
  if (used > org.limits.apiRequestsPerDay) {
    return coreError(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.')
  }
  const reply =
    resource === 'limits'
      ? limitsReply(org, used)
      : rest
        ? queryMoreRoute(org, `v${number}.0`, rest, user)
        : queryRoute(org, request, `v${number}.0`, user)
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

function limitsReply(org: OrgState, used: number): Reply {
  const Max = org.limits.apiRequestsPerDay
  return json(200, { DailyApiRequests: { Max, Remaining: Math.max(0, Max - used) } })
}
