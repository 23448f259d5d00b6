import type { OrgClient } from '@custody/http'
import type { Window } from '@custody/model'
import { checkQueryOptions, checkWindow } from './options.ts'
import { countRows } from './query-pages.ts'
import { censusQueries, sessionsQuery } from './soql.ts'

/** Which window is counted. */
export interface CountWindowOptions {
  readonly org: OrgClient
  readonly window: Window
  /** @defaultValue `'66.0'` */
  readonly apiVersion?: string
  readonly signal?: AbortSignal
}

/** What a window holds, before anything is read. */
export interface WindowCounts {
  /** By their own times. */
  readonly conversations: number
  /** Sessions that place a conversation in the window whose own times lie elsewhere: at most so many more conversations. */
  readonly outlyingSessions: number
  readonly sessions: number
  readonly sessionsWithoutConversation: number
}

/** Counts what a window holds, without reading any of it. */
export async function countWindow(options: CountWindowOptions): Promise<WindowCounts> {
  const { window } = options
  checkWindow('countWindow', window)
  checkQueryOptions('countWindow', options)
  const { conversations, outlyingSessions, orphans } = censusQueries(window)
  return {
    conversations: await countRows(conversations, options),
    outlyingSessions: await countRows(outlyingSessions, options),
    sessions: await countRows(sessionsQuery(window), options),
    sessionsWithoutConversation: await countRows(orphans, options),
  }
}
