import type { Conversation, Reconciliation, Redaction } from '@custody/model'
import type { Reject } from '@custody/pipeline'
import type { CsvTable } from '@custody/sinks'

/** A row of reconciliation.csv: one conversation of the census. */
export interface ReconciliationRow extends Reconciliation {
  readonly identifier: string | null
  readonly recordId: string | null
  /** Whether it has a line in the master. */
  readonly archived: boolean
  readonly sessions: number | null
  readonly deliveredAgentMessages: number | null
  readonly deliveredEndUserMessages: number | null
  readonly entriesDelivered: number | null
  readonly entriesInWindow: number | null
}

/** A row of gaps.csv: something that is not, or may not be, in the archive. */
export interface GapRow {
  readonly identifier: string | null
  readonly recordId: string | null
  readonly what: string
  readonly subjectId: string | null
  readonly code: string
  readonly expected: string | null
  readonly found: string | null
  readonly reason: string | null
  readonly action: string
}

/** reconciliation.csv */
export const reconciliationTable: CsvTable<ReconciliationRow> = {
  name: 'reconciliation.csv',
  columns: [
    { name: 'identifier', description: 'Conversation identifier', cell: (row) => row.identifier },
    { name: 'record_id', description: 'Salesforce id of the Conversation record', cell: (row) => row.recordId },
    {
      name: 'verdict',
      description: 'matched, missing, extra, differs, excluded or unknown',
      cell: (row) => row.verdict,
    },
    { name: 'reason', description: 'Why; empty when matched', cell: (row) => row.reason },
    { name: 'archived', description: 'true if the master has a line for it', cell: (row) => row.archived },
    { name: 'sessions', description: 'Sessions in the census', cell: (row) => row.sessions },
    {
      name: 'expected_agent_messages',
      description: 'Agent messages by the census',
      cell: (row) => row.expectedAgentMessages,
    },
    {
      name: 'delivered_agent_messages',
      description: 'Agent messages delivered, inside the window or not',
      cell: (row) => row.deliveredAgentMessages,
    },
    {
      name: 'expected_end_user_messages',
      description: 'End-user messages by the census',
      cell: (row) => row.expectedEndUserMessages,
    },
    {
      name: 'delivered_end_user_messages',
      description: 'End-user messages delivered, inside the window or not',
      cell: (row) => row.deliveredEndUserMessages,
    },
    {
      name: 'entries_delivered',
      description: 'Entries of all kinds delivered, inside the window or not',
      cell: (row) => row.entriesDelivered,
    },
    { name: 'entries_in_window', description: 'How many of them the window holds', cell: (row) => row.entriesInWindow },
  ],
}

/** gaps.csv */
export const gapsTable: CsvTable<GapRow> = {
  name: 'gaps.csv',
  columns: [
    { name: 'identifier', description: 'Conversation identifier', cell: (row) => row.identifier },
    { name: 'record_id', description: 'Salesforce id of the Conversation record', cell: (row) => row.recordId },
    {
      name: 'what',
      description: 'What may be missing: messages, or the type of what was refused',
      cell: (row) => row.what,
    },
    { name: 'subject_id', description: 'Id of what was refused, if it has one', cell: (row) => row.subjectId },
    { name: 'code', description: 'What happened, as a fixed code', cell: (row) => row.code },
    { name: 'expected', description: 'Counts by the census', cell: (row) => row.expected },
    { name: 'found', description: 'Counts delivered', cell: (row) => row.found },
    { name: 'reason', description: 'Why, in short', cell: (row) => row.reason },
    { name: 'action', description: 'What to do about it', cell: (row) => row.action },
  ],
}

// Without a comparison nothing is proved: not the same as a match.
const notCompared: Reconciliation = {
  verdict: 'unknown',
  reason: 'not-compared',
  expectedAgentMessages: null,
  expectedEndUserMessages: null,
}

/** How a conversation was reconciled; unknown when nobody compared. */
export function reconciliationOf(conversation: Conversation): Reconciliation {
  return conversation.reconciliation ?? notCompared
}

export function reconciliationRow(conversation: Conversation): ReconciliationRow {
  const reconciliation = reconciliationOf(conversation)
  const { delivered } = conversation
  return {
    ...reconciliation,
    identifier: conversation.identifier,
    recordId: conversation.recordId,
    archived: reconciliation.verdict !== 'excluded',
    sessions: conversation.sessions.length,
    deliveredAgentMessages: delivered?.agentMessages ?? null,
    deliveredEndUserMessages: delivered?.endUserMessages ?? null,
    entriesDelivered: delivered?.entries ?? null,
    entriesInWindow: delivered?.entriesInWindow ?? null,
  }
}

/**
 * Whether a reject took one whole conversation out. Without an id it may be about the census: how many conversations that
 * were not given is not known by name, so they are a gap and no row.
 */
export function isConversationReject({ code, subject }: Reject): boolean {
  if (subject.type !== 'Conversation') return false
  // What redaction kept out has no id either where the id itself would leak; it is one conversation all the same.
  return subject.id !== null || !code.startsWith('CENSUS_')
}

/** By what a reject names its conversation. What has no identifier is named by its record. */
function conversationOf(reject: Reject): Pick<GapRow, 'identifier' | 'recordId'> {
  const subject = isConversationReject(reject) ? reject.subject : reject.within
  const id = subject?.type === 'Conversation' ? subject.id : null
  return reject.code === 'CONVERSATION_WITHOUT_IDENTIFIER'
    ? { identifier: null, recordId: id }
    : { identifier: id, recordId: null }
}

/** The row of a conversation that was refused: the census names it, the archive has it not. */
export function rejectedConversationRow(reject: Reject): ReconciliationRow {
  return {
    ...conversationOf(reject),
    verdict: 'missing',
    reason: reject.code,
    archived: false,
    sessions: null,
    expectedAgentMessages: null,
    deliveredAgentMessages: null,
    expectedEndUserMessages: null,
    deliveredEndUserMessages: null,
    entriesDelivered: null,
    entriesInWindow: null,
  }
}

const gapActions = {
  missing: 'Archive this window again; if it stays, ask Salesforce where the messages are.',
  differs: 'Archive this window again; if it stays, compare the conversation in Salesforce by hand.',
  extra:
    'The census counts fewer messages than were delivered: completeness is not proven. Compare the conversation in Salesforce by hand.',
  unknown: 'Compare the conversation in Salesforce by hand: no independent count was there.',
} as const

/**
 * The gap of a conversation whose witnesses did not agree, or null. More than expected is one too: a count below what was
 * delivered is wrong, so it cannot prove that nothing is missing.
 */
export function gapOf(conversation: Conversation): GapRow | null {
  const { verdict, reason, ...expected } = reconciliationOf(conversation)
  if (verdict === 'matched' || verdict === 'excluded') return null
  const { delivered } = conversation
  return {
    identifier: conversation.identifier,
    recordId: conversation.recordId,
    what: 'messages',
    subjectId: null,
    code: `RECONCILIATION_${verdict.toUpperCase()}`,
    expected: messageCounts(expected.expectedAgentMessages, expected.expectedEndUserMessages),
    found: messageCounts(delivered?.agentMessages ?? null, delivered?.endUserMessages ?? null),
    reason,
    action: gapActions[verdict],
  }
}

export function gapOfReject(reject: Reject): GapRow {
  return {
    ...conversationOf(reject),
    what: reject.subject.type,
    subjectId: reject.subject.id,
    code: reject.code,
    expected: null,
    found: null,
    reason: reject.message,
    action: 'Remove the cause that the reason names, then archive this window again.',
  }
}

/** The gap of everything that was left out on purpose for one reason, such as `limit`. */
export function gapOfDrops(reason: string, count: number): GapRow {
  return {
    identifier: null,
    recordId: null,
    what: `${count} records`,
    subjectId: null,
    code: 'DROPPED',
    expected: null,
    found: null,
    reason,
    action: 'They were left out as asked; archive this window again without that to have them.',
  }
}

/** A line of rejects.jsonl, its LF included. */
export function encodeReject(reject: Reject): string {
  const name = (subject: Reject['subject']): Reject['subject'] => ({ type: subject.type, id: subject.id })
  return `${JSON.stringify({
    v: 1,
    stage: reject.stage,
    code: reject.code,
    subject: name(reject.subject),
    within: reject.within ? name(reject.within) : null,
    message: reject.message,
  })}\n`
}

/** A line of redactions.jsonl, its LF included. */
export function encodeRedaction(identifier: string, redaction: Redaction): string {
  return `${JSON.stringify({
    v: 1,
    identifier,
    entryId: redaction.entryId,
    field: redaction.field,
    type: redaction.type,
    detector: redaction.detector,
    action: redaction.action,
    start: redaction.start,
    length: redaction.length,
  })}\n`
}

function messageCounts(agent: number | null, endUser: number | null): string {
  return `agent ${agent ?? 'unknown'}, end user ${endUser ?? 'unknown'}`
}
