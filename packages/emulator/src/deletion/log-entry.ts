import { recordId } from '../ids.ts'
import { type DeletionSwitches, defaultLogStatuses } from './deletion-switches.ts'
import type { Deletion } from './deletions.ts'

/** A status and since when it stands. */
interface LogStep {
  readonly status: string
  readonly at: number
}

export function logId({ number }: Pick<Deletion, 'number'>): string {
  return recordId('ConversationApiLog', number + 1)
}

/** What the log says of a deletion by now, oldest first. */
export function logSteps(deletion: Deletion, switches: DeletionSwitches, now: number): readonly LogStep[] {
  const words = { ...defaultLogStatuses, ...switches.statuses }
  const { requestedAt, completesAt, fate, waits } = deletion
  const first = { status: waits ? words.enqueued : words.requested, at: requestedAt }
  if (switches.log === 'stuck') return [first]
  const failed = switches.log === 'failed' || (switches.log !== 'done' && fate === 'failed')
  // assumption: it is said to run from halfway on.
  const running = { status: words.running, at: requestedAt + Math.ceil((completesAt - requestedAt) / 2) }
  const last = { status: failed ? words.failed : words.done, at: completesAt }
  return [first, ...(completesAt > requestedAt ? [running] : []), last].filter(({ at }) => at <= now)
}

/** The operations behind the two requests, as Flow and Apex call them. */
export const operations = {
  'end-user': 'deleteConversationParticipantsByParticipantEntityId',
  conversation: 'deleteConversationsById',
} as const
