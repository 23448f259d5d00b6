import type { Conversation } from '@custody/model'
import { type Batch, defineSource, type Reject, type Source, systemClock } from '@custody/pipeline'
import { ConversationBuilder } from './conversation-builder.ts'
import { type ConversationRows, readConversations } from './conversations.ts'
import { type Cursor, data360Name, readCheckpoint, toCheckpoint } from './cursor.ts'
import { checkOptions, type Data360Options } from './options.ts'
import type { QueryApi, QueryApiOptions } from './query-api.ts'
import { createConnect, createV3 } from './query-result-api.ts'
import { createV2 } from './query-v2.ts'
import { countEntries, readOrphans, type Session } from './questions.ts'
import { checkNames, toSchema } from './schema.ts'
import { notSettled } from './settled.ts'
import { createTimestamps, type Timestamps } from './timestamp.ts'
import { rowReader } from './to-model.ts'

/** A batch is given out at the first of these. */
const conversationsPerBatch = 40
const entriesPerBatch = 2_000

/**
 * Every conversation of a window with its entries and the participants who sent them, read from Data 360 in the order of the
 * conversations' ids.
 *
 * Conversations are read whole, so that their counts can be held against those of their sessions; entries of the window are kept.
 * A conversation whose own times overlap the window comes too, without entries where it has none in it. The engine counts the entries
 * besides: what is missing is recorded.
 *
 * @throws CustodyError `DATA360_…` of kind usage for wrong options; `DATA360_OBJECT_NOT_VISIBLE`, `DATA360_QUERY_REFUSED`,
 * `DATA360_QUERY_STATE`, `DATA360_QUERY_TIMEOUT`, `DATA360_PAGE_MALFORMED`, `DATA360_STATUS_MALFORMED`,
 * `DATA360_ROWS_MISSING`, `DATA360_ROWS_OUT_OF_ORDER`, `DATA360_RESULT_LOST`, `DATA360_CONVERSATION_TOO_LARGE`
 */
export function data360(options: Data360Options): Source<Conversation> {
  checkOptions(options)
  checkNames(options.names ?? {})
  const { timeZone = 'UTC', timestampsAre = 'as-labelled' } = options
  const timestamps = createTimestamps({ timeZone, timestampsAre })
  const start: Cursor = options.after ? readCheckpoint(options.after) : { after: null, entries: 0, isDone: false }
  return defineSource(data360Name, ({ signal = new AbortController().signal }) =>
    runData360(options, timestamps, start, signal),
  )
}

const apis: Readonly<Record<Data360Options['api'], (options: QueryApiOptions) => QueryApi>> = {
  v3: createV3,
  connect: createConnect,
  v2: createV2,
}

async function* runData360(
  options: Data360Options,
  timestamps: Timestamps,
  start: Cursor,
  signal: AbortSignal,
): AsyncGenerator<Batch<Conversation>, void, undefined> {
  if (start.isDone) return
  const { window, org, dataspace, clock = systemClock } = options
  const { apiVersion = '66.0', queryTimeoutMs = 3_600_000, readAhead = 3 } = options
  const unsettled = notSettled(window, clock.now())
  const api = apis[options.api]({ org, dataspace, apiVersion, clock, queryTimeoutMs, readAhead })
  const schema = toSchema(await api.readMetadata(signal), options.names)
  const session: Session = { api, schema, filter: timestamps.toFilter(window), signal }
  const counted = await countEntries(session)

  // Told at the start of a window, and not again behind a checkpoint.
  const opening = start.after === null ? [...schema.rejects, ...(unsettled ? [unsettled] : [])] : []
  const pending = new PendingBatch(start, opening)
  const read = rowReader(schema)
  for await (const { conversationId, rows } of readConversations({ ...session, after: start.after })) {
    pending.add(conversationId, build(conversationId, rows))
    if (pending.isFull) yield pending.take()
  }
  const orphans = await readOrphans(session)
  const short = await judge(session, counted, pending.entries)
  yield pending.takeLast([...orphans, ...short])

  function build(conversationId: string, rows: ConversationRows['rows']): ReturnType<ConversationBuilder['build']> {
    const builder = new ConversationBuilder(conversationId, window, timestamps)
    for (const row of rows) builder.add(read(row))
    return builder.build()
  }
}

/** Holds what was read against what the engine counts. What was deleted meanwhile is not missing. */
async function judge(session: Session, counted: number, read: number): Promise<readonly Omit<Reject, 'stage'>[]> {
  if (read >= counted) return []
  const lacking = Math.min(counted, await countEntries(session)) - read
  if (lacking <= 0) return []
  const message = `Data 360 counts ${read + lacking} entries of the window's conversations and gave ${read}.`
  return [{ code: 'DATA360_SHORT', subject: { type: 'ConversationEntry', id: null }, message }]
}

/** Conversations on their way out. */
class PendingBatch {
  /** Different entries read in the whole window so far. */
  entries: number
  #after: string | null
  #records: Conversation[] = []
  #rejects: Omit<Reject, 'stage'>[]
  #kept = 0
  #outside = 0

  constructor({ after, entries }: Cursor, opening: readonly Omit<Reject, 'stage'>[]) {
    this.#after = after
    this.entries = entries
    this.#rejects = [...opening]
  }

  get isFull(): boolean {
    return this.#records.length >= conversationsPerBatch || this.#kept >= entriesPerBatch
  }

  add(conversationId: string, built: ReturnType<ConversationBuilder['build']>): void {
    this.#after = conversationId
    this.entries += built.entries
    this.#rejects.push(...built.rejects)
    if (built.conversation === null) {
      this.#outside += 1
      return
    }
    this.#records.push(built.conversation)
    this.#kept += built.conversation.entries.length
  }

  take(): Batch<Conversation> {
    return this.#take(false)
  }

  takeLast(rejects: readonly Omit<Reject, 'stage'>[]): Batch<Conversation> {
    this.#rejects.push(...rejects)
    return this.#take(true)
  }

  #take(isDone: boolean): Batch<Conversation> {
    const batch: Batch<Conversation> = {
      records: this.#records,
      rejects: this.#rejects.map((reject) => ({ stage: data360Name, ...reject })),
      ...(this.#outside > 0 && { drops: { 'outside-window': this.#outside } }),
      checkpoint: toCheckpoint({ after: this.#after, entries: this.entries, isDone }),
    }
    this.#records = []
    this.#rejects = []
    this.#kept = 0
    this.#outside = 0
    return batch
  }
}
