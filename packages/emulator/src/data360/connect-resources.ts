import type { Endpoint } from '../server/calls.ts'
import type { CoreRequest, CoreResource } from '../server/core-resources.ts'
import type { Reply } from '../server/reply.ts'
import { rowsConnect, statusConnect, submitConnect, unknownDataspace } from './connect-query-routes.ts'
import { metadataEntitiesRoute, metadataRoute } from './metadata-route.ts'
import { nextBatchV2, submitV2 } from './v2-routes.ts'

type Answer = (call: CoreRequest, dataspace: string) => Reply | Promise<Reply>

function resource(path: RegExp, methods: Readonly<Record<string, Endpoint>>, answer: Answer): CoreResource {
  return {
    pattern: path,
    methods: Object.keys(methods),
    endpoint: (method) => methods[method] ?? 'other',
    answer(call) {
      const { org, request } = call
      const { switches } = org.data360
      const dataspace = request.query.get('dataspace') ?? 'default'
      return switches.dataspaces.includes(dataspace) ? answer(call, dataspace) : unknownDataspace(dataspace)
    },
  }
}

/** What of Data 360 the core API serves: Data 360 Connect API. */
export const data360Resources: readonly CoreResource[] = [
  resource(/^ssot\/query-sql$/, { POST: 'data360-query' }, submitConnect),
  resource(/^ssot\/query-sql\/([^/]+)$/, { GET: 'data360-status', DELETE: 'data360-cancel' }, statusConnect),
  resource(/^ssot\/query-sql\/([^/]+)\/rows$/, { GET: 'data360-rows' }, rowsConnect),
  resource(/^ssot\/queryv2$/, { POST: 'data360-query' }, ({ org, request }, dataspace) =>
    submitV2({ org, request, dataspace, over: 'connect' }),
  ),
  resource(/^ssot\/queryv2\/([^/]+)$/, { GET: 'data360-rows' }, ({ org, request, parts: [id = ''] }, dataspace) =>
    nextBatchV2({ org, request, dataspace, over: 'connect' }, id),
  ),
  resource(/^ssot\/metadata$/, { GET: 'data360-metadata' }, ({ org, request }, dataspace) =>
    metadataRoute(org, dataspace, request.query),
  ),
  resource(/^ssot\/metadata-entities$/, { GET: 'data360-metadata' }, ({ org }, dataspace) =>
    metadataEntitiesRoute(org, dataspace),
  ),
]
