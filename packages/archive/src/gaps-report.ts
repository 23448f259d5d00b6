import type { Conversation } from '@custody/model'
import type { Reject } from '@custody/pipeline'
import type { CsvTable } from '@custody/sinks'
import { conversationOf, reconciliationOf } from './reconciliation-report.ts'

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

function messageCounts(agent: number | null, endUser: number | null): string {
  return `agent ${agent ?? 'unknown'}, end user ${endUser ?? 'unknown'}`
}
