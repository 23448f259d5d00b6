import type { Conversation, Entry, Instant, Witness } from '@custody/model'
import { limitsOf } from './source-limits.ts'

/**
 * What the completeness of a conversation rests on.
 *
 * - `witnessed`: two sources that give everything answered about it, so that a loss in one of them shows, of whatever kind; or it
 *   came as one field of one record, which cannot come in part.
 * - `counted`: Salesforce's own counts alone. They count the messages of agents and end users: a bot's message or an event
 *   that the source lost would not show.
 */
export type Evidence = 'witnessed' | 'counted'

/** What the completeness of a conversation rests on. Says nothing about whether the sources agree: the verdict does. Pure. */
export function evidenceOf({ delivered, witnesses }: Conversation): Evidence {
  if (delivered === null) return 'counted'
  if (delivered.source === 'records') return 'witnessed'
  const isEmpty = delivered.entriesInWindow === 0
  // Witnesses are asked about the window alone. Where all hold nothing, holding nothing is an answer.
  const own = delivered.source === null ? isEmpty : limitsOf(delivered.source).length === 0
  const others = witnesses.filter(
    ({ answer, whole }) => whole && (answer === 'given' || (answer === 'absent' && isEmpty)),
  )
  return others.length + (own ? 1 : 0) >= 2 ? 'witnessed' : 'counted'
}

/** Whether a witness shows everything of a conversation: it gives all kinds, and nothing is too fresh for it. Pure. */
export function showsAll(
  { sessions }: Conversation,
  entries: readonly Entry[],
  source: Witness['source'],
  settledUntil: Instant | null,
): boolean {
  if (limitsOf(source).length > 0) return false
  if (settledUntil === null) return true
  const isSettled = (time: Instant | null): boolean => time !== null && time < settledUntil
  return entries.every(({ sentAt }) => isSettled(sentAt)) && sessions.every(({ endTime }) => isSettled(endTime))
}
