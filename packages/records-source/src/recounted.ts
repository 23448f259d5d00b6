import { type Conversation, toRecordId } from '@custody/model'
import { type Batch, defineStage, type Reject, type Stage } from '@custody/pipeline'
import { mergeSessions } from './merge-sessions.ts'
import { checkQueryOptions } from './options.ts'
import { readQuery } from './pages.ts'
import type { QueryOptions } from './query-pages.ts'
import type { RecountOptions } from './recount.ts'
import { short } from './related.ts'
import { queriesByIds } from './soql.ts'
import { toSessions } from './to-model.ts'
import { isTranscript } from './transcript-row.ts'
import { type SessionRow, sessionType } from './wire.ts'

/**
 * A stage that counts each conversation once more: its sessions are brought up to what the org says now, and nothing that
 * was counted before is taken back.
 *
 * Set behind the stage that reads entries, it makes the census a witness of the moment *after* the reading. A message
 * that came meanwhile then shows as missing, instead of both witnesses agreeing on too little. One query serves a few
 * hundred conversations.
 *
 * @throws what the census throws
 */
export function recounted(options: RecountOptions): Stage<Conversation, Conversation> {
  checkQueryOptions('recounted', options)
  const { org, apiVersion } = options
  return defineStage('recount', async function* (source, { signal }) {
    for await (const batch of source) yield await recountBatch(batch, { org, apiVersion, signal })
  })
}

async function recountBatch(batch: Batch<Conversation>, options: QueryOptions): Promise<Batch<Conversation>> {
  const rows: SessionRow[] = []
  const rejects: Reject[] = []
  const ids = batch.records.flatMap(({ recordId }) => (recordId === null || isTranscript(recordId) ? [] : recordId))
  for (const query of queriesByIds(sessionType, 'ConversationId', ids)) {
    const pages = readQuery(query, options)
    let page = await pages.next()
    for (; !page.done; page = await pages.next()) rows.push(...page.value)
    const { missing, rows: read } = page.value
    if (missing > 0) rejects.push({ stage: 'recount', ...short(sessionType.object, read, missing) })
  }
  const sessions = Map.groupBy(rows, (row) => toRecordId(row.ConversationId))
  const records = batch.records.map((conversation) => {
    // Where nobody can ask again, what was counted before stands.
    if (conversation.recordId === null || isTranscript(conversation.recordId)) return conversation
    const merged = mergeSessions(conversation, toSessions(sessions.get(conversation.recordId) ?? []))
    rejects.push(...merged.rejects.map((reject) => ({ stage: 'recount', ...reject })))
    return merged.conversation
  })
  return {
    ...batch,
    records,
    rejects: rejects.length === 0 ? batch.rejects : [...batch.rejects, ...rejects],
  }
}
