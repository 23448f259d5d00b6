import type { Conversation } from '@custody/model'
import { mapRecords, type Reject, type Stage } from '@custody/pipeline'
import { identitiesOf } from './identities.ts'
import type { Policy } from './policy.ts'
import { redactConversation } from './redact-conversation.ts'
import { createRedactor, type RedactOptions } from './redactor.ts'
import { type Residue, residue } from './residue.ts'

/**
 * A stage that redacts conversations by a policy: every text, content, payload, sender and participant, and the end users
 * themselves. What was done stands in `redactions`, without plaintext. A second pass changes nothing.
 *
 * It searches its own work once more for everything known of the end users, and refuses a conversation in which something
 * still stands (`REDACTION_RESIDUE`): better a gap that says so than a leak that does not.
 *
 * @throws CustodyError `REDACT_KEY`, `REDACT_KEY_ID` of kind usage, at construction.
 */
export function redact(options: RedactOptions): Stage<Conversation, Conversation> {
  const redactor = createRedactor(options)
  return mapRecords<Conversation, Conversation>({
    name: 'redact',
    map: (conversation, { refuse }) => {
      const redacted = redactConversation(conversation, redactor)
      const left = residue(redacted, identitiesOf(conversation)).filter(({ type }) => !isKept(type, options.policy))
      return left.length === 0 ? redacted : refuse(residueReject(conversation, left))
    },
  })
}

function isKept(type: string, { types }: Policy): boolean {
  return Object.entries(types).some(([each, operator]) => each === type && operator === 'keep')
}

function residueReject({ identifier }: Conversation, left: readonly Residue[]): Omit<Reject, 'stage'> {
  const types = [...new Set(left.map(({ type }) => type))].sort().join(', ')
  return {
    code: 'REDACTION_RESIDUE',
    // An identifier that holds the very data must not go into a report.
    subject: { type: 'Conversation', id: left.some(({ field }) => field === 'identifier') ? null : identifier },
    message: `After redaction ${left.length} values of its end users still stand in it (${types}).`,
  }
}
