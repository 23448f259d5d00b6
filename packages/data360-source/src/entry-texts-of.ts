import { type Json, readPayload } from '@custody/model'
import { type AskedConversations, ask, type CountEntriesOptions } from './count-entries-of.ts'
import { readAll } from './questions.ts'
import { textsOfSql } from './sql.ts'
import { entryIdsOf, rowReader } from './to-model.ts'

/**
 * The texts of all entries that Data 360 has of some conversations, by the identifiers that the other APIs know: whether something still
 * stands there as it was. Entries without a text are absent.
 *
 * @param ids - as in `countEntriesOf`
 * @throws as the `data360` source
 */
export async function entryTextsOf(
  ids: readonly string[],
  options: CountEntriesOptions,
  signal: AbortSignal = new AbortController().signal,
): Promise<ReadonlyMap<string, string>> {
  const { api, schema, forms }: AskedConversations = await ask(ids, options, signal)
  const texts = new Map<string, string>()
  if (forms.length === 0) return texts
  const columns = schema.columns.filter(({ object }) => object === 'entry')
  const read = rowReader({ ...schema, columns })
  const aliases = columns.map(({ alias }) => alias)
  for (const values of await readAll(api, textsOfSql(schema, columns, forms), aliases, signal)) {
    const row = read(values)
    const { entryId } = entryIdsOf(row)
    const type = row.text('entry', 'ConversationEntryType') ?? 'Message'
    const { text } = readPayload(type, (row.value('entry', 'PayloadText') ?? null) as Json)
    if (entryId !== null && text !== null) texts.set(entryId, text)
  }
  return texts
}
