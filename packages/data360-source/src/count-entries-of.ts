import { toJoinKey } from '@custody/model'
import { systemClock } from '@custody/pipeline'
import { checkOptions, type Data360Options } from './options.ts'
import type { QueryApi, QueryApiOptions } from './query-api.ts'
import { createConnect, createV3 } from './query-result-api.ts'
import { createV2 } from './query-v2.ts'
import { readAll } from './questions.ts'
import { checkNames, type Schema, toSchema } from './schema.ts'
import { entriesOfSql } from './sql.ts'

/** What is counted by Data 360, and where it is asked. */
export type CountEntriesOptions = Omit<Data360Options, 'window' | 'timeZone' | 'timestampsAre' | 'readAhead' | 'after'>

const apis: Readonly<Record<Data360Options['api'], (options: QueryApiOptions) => QueryApi>> = {
  v3: createV3,
  connect: createConnect,
  v2: createV2,
}

/**
 * Counts the entries that Data 360 has of some conversations, all of them asked for in one query: whether something is still there.
 *
 * @param ids - of conversations or sessions, with 15 or 18 characters: entries hang on either
 * @returns entries by id, of 18 characters; those without any are absent
 * @throws as the `data360` source
 */
export async function countEntriesOf(
  ids: readonly string[],
  options: CountEntriesOptions,
  signal: AbortSignal = new AbortController().signal,
): Promise<ReadonlyMap<string, number>> {
  const { api, schema, forms } = await ask(ids, options, signal)
  const counts = new Map<string, number>()
  if (forms.length === 0) return counts
  for (const [id] of await readAll(api, entriesOfSql(schema, forms), ['conversation_id'], signal)) {
    if (typeof id === 'string') counts.set(toJoinKey(id), (counts.get(toJoinKey(id)) ?? 0) + 1)
  }
  return counts
}

/** What a question about some conversations is made of. */
export interface AskedConversations {
  readonly api: QueryApi
  readonly schema: Schema
  /** Their ids in every form that the store may have. */
  readonly forms: readonly string[]
}

/** @throws as the `data360` source */
export async function ask(
  ids: readonly string[],
  options: CountEntriesOptions,
  signal: AbortSignal,
): Promise<AskedConversations> {
  const anyWindow = { from: '2000-01-01T00:00:00.000Z', to: '2000-01-02T00:00:00.000Z' }
  checkOptions({ ...options, window: anyWindow })
  checkNames(options.names ?? {})
  const { org, dataspace, apiVersion = '66.0', clock = systemClock, queryTimeoutMs = 3_600_000 } = options
  const api = apis[options.api]({ org, dataspace, apiVersion, clock, queryTimeoutMs, readAhead: 1 })
  const schema = toSchema(await api.readMetadata(signal), options.names)
  // The store compares texts as they are, and an id has two forms.
  const forms = [...new Set(ids.map(toJoinKey))].flatMap((id) => (id.length === 18 ? [id, id.slice(0, 15)] : [id]))
  return { api, schema, forms }
}
