import type { Conversation, Participant, Redaction } from '@custody/model'
import type { Found } from './found.ts'
import { type Identities, identitiesOf } from './identities.ts'
import { JsonTexts } from './json-text.ts'
import { changed, mapChanged } from './map-changed.ts'
import { People } from './people.ts'
import { redactEndUser } from './redact-end-user.ts'
import { redactEntry } from './redact-entry.ts'
import type { Redactor } from './redactor.ts'
import { splitNumbers } from './split-numbers.ts'

/** Told of each replacement with what stood there: for evidence that is made of values and holds none. */
export type OnFound = (redaction: Redaction, found: Found) => void

export interface ConversationOptions {
  /** @defaultValue `identitiesOf(conversation)` */
  readonly identities?: Identities
  /** Keeps what was read and written as JSON in texts, for {@link residue} to look at. */
  readonly jsonTexts?: JsonTexts
  readonly onFound?: OnFound | undefined
}

/**
 * The conversation as the policy wants it: never mutated, the same object when nothing was found. Identifiers, record ids
 * and times of the model stay, so that entries can be joined; end users stay in `endUsers` under their pseudonyms.
 */
export function redactConversation(
  conversation: Conversation,
  redactor: Redactor,
  { identities = identitiesOf(conversation), jsonTexts = new JsonTexts(), onFound }: ConversationOptions = {},
): Conversation {
  const redactions: Redaction[] = []
  const record = (entryId: string | null, field: string, found: Found): void => {
    const { type, detector, action, start, length } = found
    // Keys of payloads are part of the path, and a field may be called like an end user.
    const path = redactor.rewrite(field, { identities }).text
    const redaction: Redaction = { entryId, field: path, type, detector, action, start, length }
    redactions.push(redaction)
    onFound?.(redaction, found)
  }

  const people = new People(redactor, identities)
  const participants = mapChanged(conversation.participants, (participant, index) =>
    redactParticipant(participant, people, (found) => record(null, `participants.${index}.displayName`, found)),
  )
  const split = splitNumbers(conversation.entries, (text) => redactor.find(text, { identities }))
  let asked = ''
  const entries = mapChanged(conversation.entries, (entry, index) => {
    const context = { people, asked, carried: split.get(index) ?? none, jsonTexts }
    const redacted = redactEntry(entry, context, (field, found) => record(entry.entryId, field, found))
    if (redacted.text !== null) asked = endOf(redacted.text, redactor)
    return redacted
  })
  const endUsers = mapChanged(conversation.endUsers, (endUser) => redactEndUser(endUser, people))
  return changed(conversation, {
    participants,
    entries,
    endUsers,
    redactions: redactions.length === 0 ? conversation.redactions : [...conversation.redactions, ...redactions],
  })
}

const none: readonly never[] = []
const asking = 60

/** What an answer is read with: "What is your phone number?" makes a phone number of the digits in the next message. */
function endOf(text: string, { forms }: Redactor): string {
  return forms.without(text.slice(-asking * 2)).slice(-asking)
}

function redactParticipant(participant: Participant, people: People, report: (found: Found) => void): Participant {
  return changed(participant, { displayName: people.displayName(participant.role, participant.displayName, report) })
}
