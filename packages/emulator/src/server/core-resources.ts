import { data360Resources } from '../data360/connect-resources.ts'
import type { FaultAction } from '../faults/scenario.ts'
import { bulkJobRoute, bulkResultsRoute } from './bulk-routes.ts'
import type { Endpoint } from './calls.ts'
import { connectEntriesRoute } from './connect-route.ts'
import { describeRoute, globalDescribeRoute, versionDataRoute } from './describe-route.ts'
import type { OrgState } from './org-state.ts'
import { queryMoreRoute, queryRoute } from './query-route.ts'
import { json, type Reply, type Request } from './reply.ts'

/** A request to a resource of the core API, after the checks that all of them share. */
export interface CoreRequest {
  readonly org: OrgState
  readonly request: Request
  readonly user: number
  /** `v66.0` */
  readonly version: string
  /** What the groups of the resource's pattern matched. */
  readonly parts: readonly string[]
  readonly faults: readonly FaultAction[]
}

export interface CoreResource {
  /** Behind `/services/data/vNN.0/`. */
  readonly pattern: RegExp
  readonly methods: readonly string[]
  readonly endpoint: (method: string) => Endpoint
  readonly answer: (call: CoreRequest) => Reply | Promise<Reply>
}

/** The resources of the core API that are served. */
const resources: readonly CoreResource[] = [
  {
    // REST API Developer Guide, Query.
    pattern: /^query(?:All)?\/?$/,
    methods: ['GET'],
    endpoint: () => 'query',
    answer: ({ org, request, version, user }) => queryRoute(org, request, version, user),
  },
  {
    pattern: /^query(?:All)?\/([^/]+)$/,
    methods: ['GET'],
    endpoint: () => 'query-more',
    answer: ({ org, version, parts, user }) => queryMoreRoute(org, version, parts[0] ?? '', user),
  },
  {
    // REST API Developer Guide, Limits.
    pattern: /^limits\/?$/,
    methods: ['GET'],
    endpoint: () => 'limits',
    answer: ({ org }) => limitsReply(org),
  },
  {
    // Connect REST API Developer Guide, Conversation Entries.
    pattern: /^connect\/conversation\/([^/]+)\/entries$/,
    methods: ['GET', 'PATCH'],
    endpoint: (method) => (method === 'PATCH' ? 'connect-update' : 'connect'),
    answer: connectEntriesRoute,
  },
  {
    // Bulk API 2.0 and Bulk API Developer Guide, Query Jobs.
    pattern: /^jobs\/query(?:\/([^/]+))?$/,
    methods: ['GET', 'POST', 'PATCH', 'DELETE'],
    endpoint: () => 'bulk-job',
    answer: bulkJobRoute,
  },
  {
    pattern: /^jobs\/query\/([^/]+)\/results$/,
    methods: ['GET'],
    endpoint: () => 'bulk-results',
    answer: bulkResultsRoute,
  },
  {
    // REST API Developer Guide, Describe Global.
    pattern: /^sobjects\/?$/,
    methods: ['GET'],
    endpoint: () => 'describe',
    answer: globalDescribeRoute,
  },
  {
    // REST API Developer Guide, sObject Describe.
    pattern: /^sobjects\/([^/]+)\/describe\/?$/,
    methods: ['GET'],
    endpoint: () => 'describe',
    answer: describeRoute,
  },
  {
    // REST API Developer Guide, sObject Blob Get.
    pattern: /^sobjects\/ContentVersion\/([^/]+)\/VersionData$/i,
    methods: ['GET'],
    endpoint: () => 'attachment',
    answer: versionDataRoute,
  },
  ...data360Resources,
]

const core = /^\/services\/data\/v(\d{1,3})\.0\/(.*)$/

/** Which resource of which version a path names. */
export function coreCall(
  path: string,
): { readonly version: number; readonly resource: CoreResource; readonly parts: readonly string[] } | undefined {
  const [, version, rest = ''] = core.exec(path) ?? []
  for (const resource of version === undefined ? [] : resources) {
    const match = resource.pattern.exec(rest)
    if (match) return { version: Number(version), resource, parts: match.slice(1).filter((part) => part !== undefined) }
  }
  return undefined
}

function limitsReply(org: OrgState): Reply {
  const Max = org.limits.apiRequestsPerDay
  return json(200, { DailyApiRequests: { Max, Remaining: Math.max(0, Max - org.calls.coreRequests()) } })
}
