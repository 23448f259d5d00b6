import type { Endpoint } from '../server/calls.ts'
import type { OrgState } from '../server/org-state.ts'
import type { Reply, Request } from '../server/reply.ts'
import { tenantError, unauthenticated } from './data360-errors.ts'
import { metadataRoute } from './metadata-route.ts'
import { nextBatchV2, submitV2 } from './v2-routes.ts'
import { cancelV3, chunkV3, metadataV3, rowsV3, statusV3, submitV3, type V3Call } from './v3-routes.ts'

interface TenantResource {
  readonly pattern: RegExp
  readonly methods: Readonly<Record<string, Endpoint>>
  readonly answer: (call: V3Call, parts: readonly string[]) => Reply | Promise<Reply>
}

const resources: readonly TenantResource[] = [
  {
    pattern: /^\/api\/v1\/metadata\/?$/,
    methods: { GET: 'data360-metadata' },
    answer: ({ org, dataspace, request }) => metadataRoute(org, dataspace, request.query),
  },
  {
    pattern: /^\/api\/v2\/query$/,
    methods: { POST: 'data360-query' },
    answer: (call) => submitV2({ ...call, over: 'tenant' }),
  },
  {
    pattern: /^\/api\/v2\/query\/([^/]+)$/,
    methods: { GET: 'data360-rows' },
    answer: (call, [id = '']) => nextBatchV2({ ...call, over: 'tenant' }, id),
  },
  { pattern: /^\/api\/v3\/query$/, methods: { POST: 'data360-query' }, answer: submitV3 },
  {
    pattern: /^\/api\/v3\/query\/([^/]+)$/,
    methods: { GET: 'data360-status', DELETE: 'data360-cancel' },
    answer: (call, [id = '']) => (call.request.method === 'DELETE' ? cancelV3(call, id) : statusV3(call, id)),
  },
  {
    pattern: /^\/api\/v3\/query\/([^/]+)\/chunks\/([^/]+)$/,
    methods: { GET: 'data360-rows' },
    answer: (call, [id = '', chunk = '']) => chunkV3(call, id, chunk),
  },
  {
    pattern: /^\/api\/v3\/query\/([^/]+)\/rows$/,
    methods: { GET: 'data360-rows' },
    answer: (call, [id = '']) => rowsV3(call, id),
  },
  {
    pattern: /^\/api\/v3\/query\/([^/]+)\/metadata$/,
    methods: { GET: 'data360-metadata' },
    answer: (call, [id = '']) => metadataV3(call, id),
  },
]

function resourceOf(
  path: string,
): { readonly resource: TenantResource; readonly parts: readonly string[] } | undefined {
  for (const resource of resources) {
    const match = resource.pattern.exec(path)
    if (match) return { resource, parts: match.slice(1) }
  }
  return undefined
}

export function tenantEndpoint(path: string, method: string): Endpoint {
  return resourceOf(path)?.resource.methods[method] ?? 'other'
}

/** Everything on the tenant's own host: who asks, and of which data space. */
export async function tenantRoute(org: OrgState, request: Request): Promise<Reply> {
  const { tokens, switches } = org.data360
  const found = resourceOf(request.path)
  const check = tokens.check(request.headers.authorization)
  if (check.state !== 'valid') return unauthenticated(org)
  if (!found) return tenantError(org, 404, { path: request.path })
  if (!found.resource.methods[request.method]) return tenantError(org, 405, { path: request.path })
  const named = request.headers['ctx-dataspace-ds_name']
  const dataspace = typeof named === 'string' ? named : check.dataspace
  // assumption: a token is for the data space it was exchanged for; another, or none there is, is 403.
  if (dataspace !== check.dataspace || !switches.dataspaces.includes(dataspace)) {
    return tenantError(org, 403, { path: request.path })
  }
  return await found.resource.answer({ org, request, dataspace }, found.parts)
}
