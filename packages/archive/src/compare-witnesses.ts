import type { Conversation, Delivered, Reconciliation, Session, Verdict, Witness } from '@custody/model'

/**
 * Why a verdict is what it is:
 *
 * - `not-delivered`: the entry source was not asked.
 * - `no-sessions`: the census has no session of it, so nobody counted.
 * - `voice`: a call has no session, and nobody counts what was said.
 * - `session-without-count`: a session gives no count.
 * - `session-open`: the counts do not agree, and a session is still going on: they may agree later.
 * - `fewer-than-census`, `more-than-census`, `roles-differ`: the counts do not agree.
 * - `asking-again-failed`: the counts do not agree, and the conversation could not be had again.
 * - `no-entries-in-window`: the counts agree, but all its entries belong to other windows.
 * - `nothing-delivered`: the counts agree on nothing, since a source that is read by window holds nothing of it: that is no
 *   answer about this conversation, and bots and events are not counted.
 * - `not-in-census`: a source gave it, and the census does not name it.
 * - `witness-failed`: the counts agree, but a further source that was asked could not answer.
 * - `sources-differ`: the counts agree, but two sources contradict each other about an entry: its text, time, sender.
 * - `refused-by-source`: the source would not give it; what is there, a witness gave.
 */
export type ReconciliationReason =
  | 'not-delivered'
  | 'no-sessions'
  | 'voice'
  | 'session-without-count'
  | 'session-open'
  | 'fewer-than-census'
  | 'more-than-census'
  | 'roles-differ'
  | 'asking-again-failed'
  | 'no-entries-in-window'
  | 'nothing-delivered'
  | 'not-in-census'
  | 'witness-failed'
  | 'sources-differ'
  | 'refused-by-source'

/**
 * Compares the witnesses of one conversation: the message counts that Salesforce keeps on its sessions, the messages that
 * the entry source delivered for the whole conversation, and whatever further sources said of it.
 *
 * What only a further source gave is among the delivered by now, so that it can make the counts agree. One that lacks what
 * another gave takes nothing away: the archive has it, and `differences.csv` says who did not.
 *
 * Only `matched` and `excluded` prove that all is there. `extra` does not: a census that counts fewer messages than were
 * delivered is wrong, and what else it does not count cannot be told.
 *
 * `excluded` is said only when nothing can be missing: the counts agree, there are entries before the window, and none in
 * it. A conversation without any entry is not excluded: when its sessions count nothing either, it matches, and its line
 * says so; without sessions nobody counted, and the verdict is `unknown`.
 */
export function compareWitnesses(conversation: Conversation): Reconciliation {
  const { sessions, delivered } = conversation
  const expected = {
    expectedAgentMessages: sum(sessions, 'agentMessageCount'),
    expectedEndUserMessages: sum(sessions, 'endUserMessageCount'),
  }
  const say = (verdict: Verdict, reason: ReconciliationReason | null): Reconciliation => ({
    verdict,
    reason,
    ...expected,
  })

  const { reconciliation } = conversation
  if (reconciliation !== null && isSettledBefore(reconciliation)) return reconciliation
  if (delivered === null) return say('unknown', 'not-delivered')
  if (sessions.length === 0) return say('unknown', conversation.channelType === 'Voice' ? 'voice' : 'no-sessions')
  const { expectedAgentMessages, expectedEndUserMessages } = expected
  if (expectedAgentMessages === null || expectedEndUserMessages === null) return say('unknown', 'session-without-count')

  const agent = Math.sign(delivered.agentMessages - expectedAgentMessages)
  const endUser = Math.sign(delivered.endUserMessages - expectedEndUserMessages)
  if (agent === 0 && endUser === 0) {
    const { witnesses } = conversation
    if (witnesses.some(isContradicting)) return say('differs', 'sources-differ')
    if (witnesses.some(({ answer }) => answer === 'failed')) return say('unknown', 'witness-failed')
    if (isAbsent(delivered) && !witnesses.some(isAskedByName)) return say('unknown', 'nothing-delivered')
    const elsewhere = delivered.entriesInWindow === 0 && conversation.continuedBefore
    return elsewhere ? say('excluded', 'no-entries-in-window') : say('matched', null)
  }
  const open = sessions.some(isOpen)
  if (agent * endUser < 0) return say('differs', open ? 'session-open' : 'roles-differ')
  if (agent + endUser < 0) return say('missing', open ? 'session-open' : 'fewer-than-census')
  return say('extra', open ? 'session-open' : 'more-than-census')
}

const settledBefore: readonly (string | null)[] = [
  'not-in-census',
  'refused-by-source',
] satisfies ReconciliationReason[]

/** What a stage before has found out, and no count can change. */
export function isSettledBefore(reconciliation: Reconciliation | null): boolean {
  return reconciliation !== null && settledBefore.includes(reconciliation.reason)
}

/** A lack is none: the archive has what the witness lacks. */
function isContradicting({ differences }: Witness): boolean {
  return differences.some(({ what }) => what !== 'only-here' && what !== 'not-here')
}

/** Only an answer about this very conversation proves that there is nothing: sources read by window just hold nothing of it. */
function isAskedByName({ source, answer }: Witness): boolean {
  return source === 'conversation-data' && answer === 'given'
}

/** Nothing came, and nobody was asked for it by name. */
function isAbsent({ entries, requests }: Delivered): boolean {
  return entries === 0 && requests === 0
}

/** A session that may still get messages. */
function isOpen(session: Session): boolean {
  return session.status !== 'Ended' && session.endTime === null
}

/** Null for no sessions, and when one of them gives no count: part of a count proves nothing. */
function sum(sessions: readonly Session[], count: 'agentMessageCount' | 'endUserMessageCount'): number | null {
  if (sessions.length === 0) return null
  let total = 0
  for (const session of sessions) {
    const messages = session[count]
    if (messages === null) return null
    total += messages
  }
  return total
}
