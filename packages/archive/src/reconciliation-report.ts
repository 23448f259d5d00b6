import type { Conversation, EntrySource, Reconciliation } from '@custody/model'
import type { Reject } from '@custody/pipeline'
import type { CsvTable } from '@custody/sinks'
import { type Evidence, evidenceOf } from './evidence.ts'
import { limitsOf } from './source-limits.ts'

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
  /** Null when it was refused. */
  readonly evidence: Evidence | null
  /** Who delivered what is archived of it. */
  readonly sources: readonly EntrySource[]
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
    {
      name: 'evidence',
      description:
        'witnessed: two sources that give all answered; counted: messages of agents and end users alone are proven',
      cell: (row) => row.evidence,
    },
    { name: 'sources', description: 'Who delivered the archived entries', cell: ({ sources }) => sources.join(' ') },
    {
      name: 'not_given_by_sources',
      description: 'What these sources do not give, where nobody else gave it: bot-messages, rich-content, events',
      cell: ({ sources }) => [...new Set(sources.flatMap(limitsOf))].join(' '),
    },
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

/** Whether the master has a line for it: in an amendment, only where some of its entries are late or changed. */
export function isArchived(conversation: Conversation, isAmendment: boolean): boolean {
  return isOfWindow(conversation) && (!isAmendment || conversation.entries.length > 0)
}

/** Whether something of it belongs to the window, or nobody knows. */
export function isOfWindow(conversation: Conversation): boolean {
  return reconciliationOf(conversation).verdict !== 'excluded'
}

export function reconciliationRow(conversation: Conversation, isAmendment: boolean): ReconciliationRow {
  const reconciliation = reconciliationOf(conversation)
  const { delivered } = conversation
  return {
    ...reconciliation,
    identifier: conversation.identifier,
    recordId: conversation.recordId,
    archived: isArchived(conversation, isAmendment),
    sessions: conversation.sessions.length,
    deliveredAgentMessages: delivered?.agentMessages ?? null,
    deliveredEndUserMessages: delivered?.endUserMessages ?? null,
    entriesDelivered: delivered?.entries ?? null,
    entriesInWindow: delivered?.entriesInWindow ?? null,
    evidence: evidenceOf(conversation),
    sources: [...new Set(conversation.entries.map(({ source }) => source))].sort(),
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
export function conversationOf(reject: Reject): Pick<ReconciliationRow, 'identifier' | 'recordId'> {
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
    evidence: null,
    sources: [],
  }
}
