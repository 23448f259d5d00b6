import { assumed } from '../assumptions.ts'
import { withChecksum } from '../ids.ts'
import { batchSizes } from '../limits.ts'
import { execute, type Result } from '../soql/execute.ts'
import { parse } from '../soql/parse.ts'
import { SoqlError } from '../soql/soql-error.ts'
import type { OrgState } from './org-state.ts'
import { coreError, json, notFound, type Reply, type Request } from './reply.ts'

interface Cursor {
  readonly result: Result
  readonly batchSize: number
  readonly user: number
  readonly openedAt: number
}

/** The cursors that are open, oldest first. */
export class Cursors {
  readonly #open = new Map<string, Cursor>()
  #count = 0

  /** Keeps a result and gives the id its pages are asked for by. */
  open(cursor: Cursor): string {
    this.#count += 1
    const id = withChecksum(`01gKj0${this.#count.toString(36).toUpperCase().padStart(9, '0')}`)
    const mine = [...this.#open].filter(([, { user }]) => user === cursor.user)
    if (mine.length >= assumed.openCursors) this.#open.delete(mine[0]?.[0] ?? '')
    this.#open.set(id, cursor)
    return id
  }

  get(id: string, user: number, now: number): Cursor | undefined {
    const cursor = this.#open.get(id)
    return cursor && cursor.user === user && now - cursor.openedAt < assumed.cursorLifetimeMs ? cursor : undefined
  }

  close(id: string): void {
    this.#open.delete(id)
  }

  closeAll(): void {
    this.#open.clear()
  }
}

/** `GET /services/data/vNN.0/query?q=…` */
export function queryRoute(org: OrgState, request: Request, version: string, user: number): Reply {
  const text = request.query.get('q')
  if (text === null) return coreError(400, 'MALFORMED_QUERY', 'A query string has to be specified')
  try {
    const result = execute(org.schema, parse(text))
    if (result.countOnly) return json(200, { totalSize: result.totalSize, done: true, records: [] })
    const batchSize = batchSizeOf(request)
    if (result.totalSize <= batchSize) return page(result, version, 0, batchSize, undefined)
    const id = org.cursors.open({ result, batchSize, user, openedAt: org.clock.now() })
    return page(result, version, 0, batchSize, id)
  } catch (error) {
    if (error instanceof SoqlError) return coreError(400, error.errorCode, error.message)
    throw error
  }
}

/** `GET /services/data/vNN.0/query/01g…-2000` */
export function queryMoreRoute(org: OrgState, version: string, locator: string, user: number): Reply {
  const [id = '', offset = ''] = locator.split('-')
  const cursor = org.cursors.get(id, user, org.clock.now())
  const first = Number(offset)
  if (!/^01g/.test(id)) return notFound
  if (!cursor || !/^\d{1,9}$/.test(offset) || first >= cursor.result.totalSize) {
    return coreError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator')
  }
  return page(cursor.result, version, first, first + cursor.batchSize, id)
}

function page(result: Result, version: string, first: number, end: number, cursorId: string | undefined): Reply {
  const done = end >= result.totalSize
  return json(200, {
    totalSize: result.totalSize,
    done,
    ...(!done && { nextRecordsUrl: `/services/data/${version}/query/${cursorId}-${end}` }),
    records: result.page(first, end, version),
  })
}

function batchSizeOf(request: Request): number {
  const header = request.headers['sforce-query-options']
  const asked = Number(/batchSize\s*=\s*(\d{1,6})/i.exec(String(header ?? ''))?.[1] ?? batchSizes.largest)
  return Math.min(batchSizes.largest, Math.max(batchSizes.smallest, asked))
}
