import type { OrgClient } from '@custody/http'
import type { Conversation, Window } from '@custody/model'
import type { Batch, Reject } from '@custody/pipeline'
import { type CensusOptions, census } from '../source.ts'
import { conversationRow } from './query-org.ts'
import type { TableRow } from './soql-table.ts'

/** One hour; the times of rows are minutes behind its beginning. */
export const window: Window = { from: '2026-10-01T00:00:00.000Z', to: '2026-10-01T01:00:00.000Z' }

/** What a census gave. */
export interface Found {
  readonly batches: readonly Batch<Conversation>[]
  readonly conversations: readonly Conversation[]
  readonly identifiers: readonly string[]
  readonly rejects: readonly Reject[]
}

/** Takes a whole census of {@link window}, unless told otherwise. */
export async function take(org: OrgClient, options: Partial<CensusOptions> = {}): Promise<Found> {
  const batches: Batch<Conversation>[] = []
  for await (const batch of census({ org, window, ...options })()) batches.push(batch)
  const conversations = batches.flatMap(({ records }) => records)
  return {
    batches,
    conversations,
    identifiers: conversations.map(({ identifier }) => identifier),
    rejects: batches.flatMap(({ rejects }) => rejects),
  }
}

/** Rows of conversations that lie in {@link window}. */
export function inWindow(count: number): readonly TableRow[] {
  return Array.from({ length: count }, (_, n) => conversationRow(n, n % 50, 55))
}

export function identifiersOf(rows: readonly TableRow[]): readonly unknown[] {
  return rows.map((row) => row['ConversationIdentifier'])
}
