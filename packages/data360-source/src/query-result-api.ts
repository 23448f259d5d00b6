import type { SendRequest } from '@custody/http'
import { rowsPerPage, wire } from './assumptions.ts'
import { readChunks } from './chunks.ts'
import { QueryAddress } from './query-address.ts'
import { endpoint, type QueryApi, type QueryApiOptions, type Row } from './query-api.ts'
import { readMetadata } from './read-metadata.ts'
import { submitted } from './refused-query.ts'
import { again, orLost, waitForResult } from './result.ts'
import { readPage, readStatus } from './wire.ts'

/** What sets the two faces of one engine apart: V3 on the tenant, and Connect on the org. */
interface Face {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: (sql: string) => unknown
  /** The name of the parameter that bounds a page of rows. */
  readonly rowLimit: string
  /** Whether a result can be had in numbered chunks besides by rows. */
  readonly hasChunks: boolean
  readonly metadataPath: string
}

/** Query API V3: `/api/v3/query`. */
export function createV3(options: QueryApiOptions): QueryApi {
  const { dataspace } = options
  return createResultApi(options, {
    path: wire.v3.path,
    headers: dataspace === undefined ? {} : { [wire.v3.dataspaceHeader]: dataspace },
    query: {},
    body: (sql) => ({ sql, transferMode: 'ADAPTIVE' }),
    rowLimit: 'limit',
    hasChunks: true,
    metadataPath: wire.metadata.tenant,
  })
}

/** Query Connect API: `/services/data/vXX.0/ssot/query-sql`. */
export function createConnect(options: QueryApiOptions): QueryApi {
  const { dataspace = 'default', apiVersion } = options
  const root = `/services/data/v${apiVersion}`
  return createResultApi(options, {
    path: `${root}/${wire.connect.path}`,
    headers: {},
    query: { dataspace },
    body: (sql) => ({ sql }),
    rowLimit: 'rowLimit',
    hasChunks: false,
    metadataPath: `${root}/${wire.metadata.connect}`,
  })
}

/** Queries whose whole result stays on the server for a while, under an id: waited for, then read and counted. */
function createResultApi(options: QueryApiOptions, face: Face): QueryApi {
  const { org, clock, queryTimeoutMs, readAhead } = options
  const send = <T>(request: Omit<SendRequest<T>, 'endpoint' | 'origin' | 'headers'>): Promise<T> =>
    org.send({
      ...request,
      query: { ...face.query, ...request.query },
      headers: face.headers,
      origin: 'instance',
      endpoint,
    })

  async function* runQuery(
    sql: string,
    columns: readonly string[],
    signal: AbortSignal,
  ): AsyncGenerator<readonly Row[], void, undefined> {
    const rowsOf = (document: unknown): readonly Row[] => readPage(document, columns).rows
    const first = await submitted(sql, () =>
      send({
        method: 'POST',
        path: face.path,
        body: face.body(sql),
        // Run twice it costs more and changes nothing.
        repeatable: true,
        parse: (document, { headers }) => ({
          document,
          status: readStatus(headers[wire.v3.statusHeader], document, null),
        }),
        signal,
      }),
    )
    const { queryId } = first.status
    const address = new QueryAddress(face.path, queryId)
    try {
      const ask = (waitTimeMs: number): Promise<typeof first.status> =>
        address.call('', (path) =>
          send({
            method: 'GET',
            path,
            query: { waitTimeMs },
            parse: (document, { headers }) => readStatus(headers[wire.v3.statusHeader], document, queryId),
            signal,
          }),
        )
      const status = await waitForResult(first.status, {
        clock,
        queryTimeoutMs,
        signal,
        ask: (waitTimeMs) => orLost(() => ask(waitTimeMs)),
      })
      // What came while it was running may be a part of anything: it is read again from the start.
      const inline = first.status.isDone ? inlineRows(first.document, columns) : null
      if (inline?.length === status.rowCount) {
        if (inline.length > 0) yield inline
        return
      }
      const { rowCount, chunkCount } = status
      yield* readChunks(
        { rowCount, chunkCount: face.hasChunks ? chunkCount : 0 },
        {
          readAhead,
          signal,
          chunk: (index, reading) =>
            again(() =>
              address.call(`/chunks/${index}`, (path) =>
                send({ method: 'GET', path, query: { omitSchema: 'true' }, parse: rowsOf, signal: reading }),
              ),
            ),
          rows: (offset) => {
            const query = { offset, [face.rowLimit]: rowsPerPage, omitSchema: 'true' }
            const page = (path: string): Promise<readonly Row[]> =>
              send({ method: 'GET', path, query, parse: rowsOf, signal })
            return again(() => orLost(() => address.call('/rows', page)))
          },
        },
      )
    } finally {
      // Else it expires by itself: nothing waits for a server that does not care.
      if (!signal.aborted) {
        await address
          .call('', (path) => send({ method: 'DELETE', path, as: 'text', parse: () => null, signal }))
          .catch(() => undefined)
      }
    }
  }

  return { runQuery, readMetadata: (signal) => readMetadata(org, face.metadataPath, face.query, signal) }
}

/** Rows that came with the answer to the query; null where there is no making sense of them: they can be had otherwise. */
function inlineRows(document: unknown, columns: readonly string[]): readonly Row[] | null {
  try {
    return readPage(document, columns).rows
  } catch {
    return null
  }
}
