import { HttpStatusError, type OrgSender, type SendRequest } from '@custody/http'

/** A record by the bare names of its fields. */
export type FakeRecord = Readonly<Record<string, unknown>>

/** What a tenant holds. */
export interface FakeWorld {
  readonly entries: readonly FakeRecord[]
  readonly conversations?: readonly FakeRecord[]
  readonly participants?: readonly FakeRecord[]
  readonly roles?: readonly FakeRecord[]
}

/** A call as the fake understood it. */
export interface FakeCall {
  readonly kind: 'submit' | 'status' | 'chunk' | 'rows' | 'batch' | 'cancel' | 'metadata'
  /** Which chunk, from which row, or which batch. */
  readonly at: number
  /** Which of its queries the call is about: the count, the orphans, or the entries. */
  readonly query: 'entries' | 'count' | 'orphans' | null
  /** How many calls came before. */
  readonly nth: number
  readonly request: SendRequest<unknown>
}

export interface FakeAnswer {
  readonly document: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface FakeOptions {
  readonly world: FakeWorld
  /** Rows of a chunk, a page or a batch. @defaultValue 3 */
  readonly pageSize?: number
  /** Status calls until a result is there; the answer to the query has no rows then. @defaultValue 0 */
  readonly polls?: number
  /** Rows that come with the answer to the query. @defaultValue 0 */
  readonly inline?: number
  /** @defaultValue 'header' */
  readonly statusIn?: 'header' | 'body' | 'nested'
  readonly words?: { readonly running: string; readonly done: string }
  readonly queryId?: (number: number) => string
  readonly metadata?: unknown
  /** Changes what is answered, or throws instead. */
  readonly answer?: (answer: FakeAnswer, call: FakeCall) => FakeAnswer
  readonly onCall?: (call: FakeCall) => void | Promise<void>
}

export interface FakeData360 extends OrgSender {
  readonly calls: readonly FakeCall[]
}

export function httpError(status: number, errorCode: string | null = null): HttpStatusError {
  return new HttpStatusError({
    status,
    endpoint: 'data360',
    errorCode,
    retryAfterMs: null,
    retryable: false,
    attempt: 1,
  })
}

const prefixes: Readonly<Record<string, keyof FakeWorld>> = {
  entry: 'entries',
  conversation: 'conversations',
  participant: 'participants',
  role: 'roles',
}

/** Serves V3, Connect and V2 from memory, to the questions of this package and no others. */
export function fakeData360(options: FakeOptions): FakeData360 {
  const { world, pageSize = 3, polls = 0, inline = 0, statusIn = 'header' } = options
  const { words = { running: 'RUNNING', done: 'FINISHED' }, queryId = (number) => `q-${number}` } = options
  const calls: FakeCall[] = []
  const queries: { readonly sql: string; readonly rows: unknown[][]; readonly columns: string[]; polled: number }[] = []

  const status = (number: number, isDone: boolean) => ({
    queryId: queryId(number),
    completionStatus: isDone ? words.done : words.running,
    rowCount: isDone ? (queries[number]?.rows.length ?? 0) : 0,
    chunkCount: isDone ? Math.ceil((queries[number]?.rows.length ?? 0) / pageSize) : 0,
  })
  const withStatus = (body: object, number: number, isDone: boolean): FakeAnswer => {
    const own = status(number, isDone)
    if (statusIn === 'header') return { document: body, headers: { 'x-hyperdb-status': JSON.stringify(own) } }
    return { document: statusIn === 'nested' ? { ...body, status: own } : { ...body, ...own } }
  }
  const page = (rows: readonly unknown[]) => ({ data: rows, returnedRows: rows.length })
  const batch = (number: number, start: number): FakeAnswer => {
    const { rows, columns } = queries[number] as (typeof queries)[number]
    const own = rows.slice(start, start + pageSize)
    const done = start + pageSize >= rows.length
    const metadata = columns.map((name, placeInOrder) => [name, { type: 'VARCHAR', placeInOrder, typeCode: 12 }])
    return {
      document: {
        data: own,
        rowCount: own.length,
        done,
        nextBatchId: done ? '' : `${number}_${start + pageSize}`,
        metadata: Object.fromEntries(metadata.reverse()),
      },
    }
  }

  function understand(request: SendRequest<unknown>): { call: Omit<FakeCall, 'nth'>; answer: () => FakeAnswer } {
    const { method, path } = request
    const about = (number: number | null, kind: FakeCall['kind'], at: number): Omit<FakeCall, 'nth'> => ({
      kind,
      at,
      query: number === null ? null : kindOf(queries[number]?.sql ?? ''),
      request,
    })
    if (path.endsWith('/metadata')) {
      return {
        call: about(null, 'metadata', 0),
        answer: () => {
          if (options.metadata === undefined) throw httpError(404)
          return { document: options.metadata }
        },
      }
    }
    const isV2 = path.startsWith('/api/v2')
    if (method === 'POST') {
      const { sql } = request.body as { sql: string }
      const columns = columnsOf(sql)
      const number = queries.push({ sql, columns, rows: rowsOf(world, sql, columns), polled: 0 }) - 1
      const rows = queries[number]?.rows.slice(0, inline) ?? []
      const metadata = columns.map((name) => ({ name, type: 'varchar' }))
      return {
        call: about(number, 'submit', 0),
        answer: () =>
          isV2
            ? batch(number, 0)
            : withStatus(
                { metadata: statusIn === 'nested' ? metadata : { columns: metadata }, ...page(rows) },
                number,
                polls === 0,
              ),
      }
    }
    if (isV2) {
      const [number = 0, start = 0] = decodeURIComponent(path.split('/').at(-1) ?? '')
        .split('_')
        .map(Number)
      return { call: about(number, 'batch', start), answer: () => batch(number, start) }
    }
    const [, encoded = '', below = ''] = /\/query(?:-sql)?\/([^/]+)(.*)$/.exec(path) ?? []
    const number = queries.findIndex((_, index) => queryId(index) === decodeURIComponent(encoded))
    const query = queries[number]
    if (!query)
      return {
        call: about(null, 'status', 0),
        answer: () => {
          throw httpError(404)
        },
      }
    if (method === 'DELETE') return { call: about(number, 'cancel', 0), answer: () => ({ document: null }) }
    const chunk = /^\/chunks\/(\d+)$/.exec(below)
    if (chunk) {
      const start = Number(chunk[1]) * pageSize
      return {
        call: about(number, 'chunk', Number(chunk[1])),
        answer: () => ({ document: page(query.rows.slice(start, start + pageSize)) }),
      }
    }
    if (below === '/rows') {
      const offset = Number(request.query?.['offset'])
      return {
        call: about(number, 'rows', offset),
        answer: () => ({ document: page(query.rows.slice(offset, offset + pageSize)) }),
      }
    }
    query.polled += 1
    return { call: about(number, 'status', 0), answer: () => withStatus({}, number, query.polled >= polls) }
  }

  const send = async <T>(request: SendRequest<T>): Promise<T> => {
    const { call: understood, answer } = understand(request as SendRequest<unknown>)
    const call: FakeCall = { ...understood, nth: calls.length }
    calls.push(call)
    await options.onCall?.(call)
    request.signal?.throwIfAborted()
    const { document, headers = {} } = options.answer ? options.answer(answer(), call) : answer()
    return request.parse(document, { status: 200, headers })
  }
  return { calls, send, getJson: (request) => send({ ...request, method: 'GET' }) }
}

function kindOf(sql: string): FakeCall['query'] {
  if (sql.startsWith('SELECT COUNT(')) return 'count'
  return sql.includes('IS NULL AND (') ? 'orphans' : 'entries'
}

function columnsOf(sql: string): string[] {
  return [...(/^SELECT (.*?) FROM /.exec(sql)?.[1] ?? '').matchAll(/ AS (\w+)/g)].map((match) => match[1] as string)
}

/** Entries joined with whatever belongs to them, one row for each of several matches. */
function rowsOf(world: FakeWorld, sql: string, columns: readonly string[]): unknown[][] {
  const kind = kindOf(sql)
  const held = world.entries.filter((entry) => (entry['ConversationId'] ?? null) !== null)
  if (kind === 'count') return [[new Set(held.flatMap((entry) => entry['Id'] ?? [])).size]]
  if (kind === 'orphans') return world.entries.filter((entry) => !held.includes(entry)).map((entry) => [entry['Id']])
  const after = / > '([^']*)' ORDER BY /.exec(sql)?.[1] ?? ''
  const behind = held.filter((entry) => String(entry['ConversationId']) > after)
  const joined = (records: readonly FakeRecord[] | undefined, id: unknown): readonly FakeRecord[] => {
    const found = (records ?? []).filter((record) => id !== undefined && id !== null && record['Id'] === id)
    return found.length === 0 ? [{}] : found
  }
  return behind
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    .flatMap((entries) =>
      joined(world.conversations, entries['ConversationId']).flatMap((conversations) =>
        joined(world.participants, entries['EngagementParticipantId']).flatMap((participants) =>
          joined(world.roles, participants['EngagementParticipantAppRoleId']).map((roles) => {
            const found = { entries, conversations, participants, roles }
            return columns.map((column) => fieldOf(found, column))
          }),
        ),
      ),
    )
}

function fieldOf(found: Readonly<Record<keyof FakeWorld, FakeRecord>>, column: string): unknown {
  const [object = '', name = ''] = column.split('_')
  const record = found[prefixes[object] as keyof FakeWorld]
  return Object.entries(record).find(([field]) => field.toLowerCase() === name)?.[1] ?? null
}

function keyOf(entry: FakeRecord): string {
  return ['ConversationId', 'TranscriptedDateTime', 'Id'].map((name) => String(entry[name] ?? '')).join('\0')
}
