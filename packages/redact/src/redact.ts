import type { Conversation, Redaction } from '@custody/model'
import { mapRecords, type Reject, type Stage, usageError } from '@custody/pipeline'
import type { Evidence } from './evidence.ts'
import type { Found } from './found.ts'
import { identitiesOf } from './identities.ts'
import { JsonTexts } from './json-text.ts'
import type { Policy } from './policy.ts'
import { redactConversation } from './redact-conversation.ts'
import { createRedactor, type RedactorOptions } from './redactor.ts'
import { type Residue, residueBeside } from './residue.ts'
import type { Vault } from './vault.ts'

/** What to look for and what to put in its place. */
export interface RedactOptions extends Omit<RedactorOptions, 'onPseudonym'> {
  /** Told of everything that is done. */
  readonly evidence?: Evidence
  /** Keeps what stands behind pseudonyms. Needed where the policy says `vault: file`, and refused where it does not. */
  readonly vault?: Pick<Vault, 'put' | 'flush'>
}

/**
 * A stage that redacts conversations by a policy: every text, content, payload, sender and participant, and the end users
 * themselves. What was done stands in `redactions`, without plaintext. A second pass changes nothing.
 *
 * It searches its own work once more for everything known of the end users, and refuses a conversation in which something
 * still stands (`REDACTION_RESIDUE`): better a gap that says so than a leak that does not.
 *
 * @throws CustodyError of kind usage, at construction: `REDACT_KEY`, `REDACT_KEY_ID`, `REDACT_OPERATOR`, `REDACT_VAULT`, and
 * what {@link loadPolicy} throws for a policy made by hand.
 */
export function redact(options: RedactOptions): Stage<Conversation, Conversation> {
  const { evidence, vault, policy } = options
  assertVault(policy, vault)
  const redactor = createRedactor({
    ...options,
    ...(vault && { onPseudonym: (pseudonym, found) => vault.put(pseudonym, found) }),
    ...(evidence && { onRejected: bothTold(options.onRejected, evidence.addRejected) }),
  })
  return mapRecords<Conversation, Conversation>({
    name: 'redact',
    map: (conversation, { refuse }) => {
      const found: [Redaction, Found][] = []
      const onFound = evidence && ((redaction: Redaction, what: Found) => void found.push([redaction, what]))
      const identities = identitiesOf(conversation)
      const jsonTexts = new JsonTexts()
      const redacted = redactConversation(conversation, redactor, { identities, jsonTexts, onFound })
      const left = residueBeside(jsonTexts, redacted, identities, redactor.ownForms).filter(
        ({ type }) => !isKept(type, policy),
      )
      if (left.length > 0) {
        evidence?.addRefused()
        return refuse(residueReject(conversation, left))
      }
      evidence?.add(conversation, found)
      // A pseudonym is let out once what stands behind it is safe.
      return vault ? vault.flush().then(() => redacted) : redacted
    },
  })
}

function assertVault(policy: Policy, vault: RedactOptions['vault']): void {
  if (policy.vault === 'file' && !vault) {
    throw usageError('REDACT_VAULT', 'redact: the policy asks for a vault, and none was given')
  }
  if (policy.vault === 'none' && vault) {
    throw usageError('REDACT_VAULT', 'redact: a vault was given that the policy does not ask for', 'Say vault: file.')
  }
}

function bothTold<T>(one: ((value: T) => void) | undefined, other: (value: T) => void): (value: T) => void {
  if (!one) return other
  return (value) => {
    one(value)
    other(value)
  }
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
