import { conversationActiveMs } from '@custody/http'
import type { Instant, Window } from '@custody/model'
import type { OrgConfig } from '../config/schema.ts'

/** A part of the window, and who is asked for its entries. */
export interface PlannedPart extends Window {
  readonly source: 'conversation-data' | 'data360'
}

export interface SourceChoice {
  readonly parts: readonly PlannedPart[]
  /** Why, for people. */
  readonly reason: string
}

/** Reading may take a night; what takes longer is read from Data 360, where the org has it. */
export const longestReadingMs: number = 8 * 3_600_000

const activeForMinutes = conversationActiveMs / 60_000

/** How many conversations a minute can be read one by one, within the limits of the users and of active conversations. */
export function readsPerMinute({ limits, auth }: Pick<OrgConfig, 'limits' | 'auth'>): number {
  return Math.min(limits.entriesPerMinute * auth.users.length, limits.activeConversations / activeForMinutes)
}

/** At least how long reading so many conversations one by one takes. */
export function readingMs(conversations: number, org: Pick<OrgConfig, 'limits' | 'auth'>): number {
  return (conversations / readsPerMinute(org)) * 60_000
}

/**
 * Which source to ask for which part of a window. Pure.
 *
 * The Conversation Data API is complete at once and gives everything, so it is asked wherever it can be asked in time. Data 360
 * takes the rest, up to the moment from which on it may not show everything yet.
 */
export function chooseSource(
  window: Window,
  conversations: number,
  org: Pick<OrgConfig, 'limits' | 'auth' | 'data360'>,
  settledUntil: Instant,
  witnesses: readonly string[] = [],
): SourceChoice {
  const whole = (reason: string): SourceChoice => ({ parts: [{ ...window, source: 'conversation-data' }], reason })
  if (readingMs(conversations, org) <= longestReadingMs) return whole('the window can be read one by one in a night')
  if (witnesses.includes('data360')) return whole('Data 360 is to testify, and cannot do so for itself')
  if (!org.data360) return whole('reading one by one takes long, and no Data 360 is configured')
  if (settledUntil <= window.from) return whole('all of the window is too fresh for Data 360')
  const reason = 'reading one by one takes longer than a night'
  if (settledUntil >= window.to) return { parts: [{ ...window, source: 'data360' }], reason }
  return {
    parts: [
      { from: window.from, to: settledUntil, source: 'data360' },
      { from: settledUntil, to: window.to, source: 'conversation-data' },
    ],
    reason: `${reason}; what is fresh is not all in Data 360 yet`,
  }
}
