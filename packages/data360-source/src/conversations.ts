import { CustodyError } from '@custody/pipeline'
import { type QueryApi, ResultLost, type Row } from './query-api.ts'
import { aliasOf, type Schema } from './schema.ts'
import { entriesSql, type TimeFilter } from './sql.ts'

/** The rows of one whole conversation, in pieces as they come. */
export interface ConversationRows {
  readonly conversationId: string
  readonly rows: readonly Row[]
}

export interface ConversationsOptions {
  readonly api: QueryApi
  readonly schema: Schema
  readonly filter: TimeFilter
  /** Begins behind this conversation. */
  readonly after: string | null
  readonly signal: AbortSignal
}

/** Queries in a row that may bring no whole conversation. */
const maxFruitlessQueries = 3

/**
 * Reads conversation by conversation, each whole. A result that is lost on the way costs a new query, from behind the last whole
 * conversation: what is handed on never comes again, and nothing is left out between two queries.
 *
 * @throws CustodyError `DATA360_RESULT_LOST`, `DATA360_ROWS_OUT_OF_ORDER`, `DATA360_PAGE_MALFORMED`
 */
export async function* readConversations(
  options: ConversationsOptions,
): AsyncGenerator<ConversationRows, void, undefined> {
  const passed = new PassedIds(options.after)
  let { after } = options
  for (let fruitless = 0; ; ) {
    try {
      for await (const conversation of runOnce({ ...options, after })) {
        passed.take(conversation.conversationId)
        yield conversation
        after = conversation.conversationId
        fruitless = 0
      }
      return
    } catch (error) {
      if (!(error instanceof ResultLost)) throw error
      fruitless += 1
      if (fruitless === maxFruitlessQueries) {
        throw new CustodyError(
          'DATA360_RESULT_LOST',
          `Data 360 lost the result of the query ${fruitless} times before the next conversation was whole.`,
          {
            cause: error.cause ?? error,
            retryable: true,
            actions: ['Run again; if it stays, use api v3 or connect: their results last longer.'],
          },
        )
      }
    }
  }
}

/** One query, its rows cut into conversations. */
async function* runOnce({
  api,
  schema,
  filter,
  after,
  signal,
}: ConversationsOptions): AsyncGenerator<ConversationRows, void, undefined> {
  const columns = schema.columns.map(({ alias }) => alias)
  const place = columns.indexOf(aliasOf('entry', 'ConversationId'))
  let current: string | null = null
  let rows: Row[] = []
  for await (const page of api.runQuery(entriesSql(schema, filter, after), columns, signal)) {
    for (const row of page) {
      const conversationId = row[place]
      // Only rows with an id were asked for.
      if (typeof conversationId !== 'string') throw outOfOrder('A row names no conversation')
      if (current !== null && conversationId !== current) {
        yield { conversationId: current, rows }
        rows = []
      }
      current = conversationId
      rows.push(row)
      if (rows.length > maxRows) throw tooLarge(conversationId)
    }
  }
  if (current !== null) yield { conversationId: current, rows }
}

/** More rows than any conversation has: a server that never ends must not fill the memory. */
const maxRows = 500_000

function tooLarge(conversationId: string): CustodyError {
  return new CustodyError(
    'DATA360_CONVERSATION_TOO_LARGE',
    `Conversation ${conversationId} has more than ${maxRows} rows.`,
    {
      actions: [
        'Check in Data 360 that participants are not there many times over; use another source for this window.',
      ],
    },
  )
}

/** How many conversations are remembered. */
const idsRemembered = 50_000

/**
 * The conversations passed last. By equality, not by order: nobody documents how the engine orders ids. An engine that does not keep
 * to the order, or begins again, shows itself soon.
 */
class PassedIds {
  readonly #ids: Set<string>

  constructor(after: string | null) {
    this.#ids = new Set(after === null ? [] : [after])
  }

  take(id: string): void {
    if (this.#ids.has(id)) throw outOfOrder('A conversation came in two pieces')
    this.#ids.add(id)
    const [oldest] = this.#ids
    if (this.#ids.size > idsRemembered && oldest !== undefined) this.#ids.delete(oldest)
  }
}

function outOfOrder(what: string): CustodyError {
  return new CustodyError('DATA360_ROWS_OUT_OF_ORDER', `${what}: Data 360 does not keep to the order asked for.`, {
    actions: ['Use another api of the data360 source.'],
  })
}
