import type { Content, Conversation, EndUser, Entry, Json, Participant, Redaction } from '@custody/model'
import { normaliseEmail } from './email.ts'
import { type Identities, identitiesOf } from './identities.ts'
import { findKnownPhones } from './known-phones.ts'
import { People } from './people.ts'
import type { PersonalDataType, Span } from './personal-data-type.ts'
import { tokensOf } from './phrase-matcher.ts'
import { readPlatformKey } from './platform-key.ts'
import type { Redactor } from './redactor.ts'
import { isReplacement, replacementSource } from './replacement.ts'
import { isId } from './structural.ts'
import { type Found, redactValue, reported, type WalkOptions } from './value-walk.ts'

/**
 * The conversation as the policy wants it: never mutated, the same object when nothing was found. Identifiers, record ids
 * and times of the model stay, so that entries can be joined; end users stay in `endUsers` under their pseudonyms.
 */
export function redactConversation(conversation: Conversation, redactor: Redactor): Conversation {
  const identities = identitiesOf(conversation)
  const redactions: Redaction[] = []
  const record = (entryId: string | null, field: string, found: Found): void => {
    // Keys of payloads are part of the path, and a field may be called like an end user.
    redactions.push({ entryId, field: redactor.rewrite(field, identities).text, ...found })
  }

  const people = new People(redactor, identities)
  const participants = mapChanged(conversation.participants, (participant, index) =>
    redactParticipant(participant, people, (found) => record(null, `participants.${index}.displayName`, found)),
  )
  let asked = ''
  const entries = mapChanged(conversation.entries, (entry) => {
    const redacted = redactEntry(entry, people, asked, (field, found) => record(entry.entryId, field, found))
    if (redacted.text !== null) asked = endOf(redacted.text)
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

const asking = 60
const answering = 32
const replacements = new RegExp(replacementSource, 'g')

/** What an answer is read with: "What is your phone number?" makes a phone number of the digits in the next message. */
function endOf(text: string): string {
  return text
    .slice(-asking * 2)
    .replace(replacements, '')
    .slice(-asking)
}

function redactParticipant(participant: Participant, people: People, report: (found: Found) => void): Participant {
  return changed(participant, { displayName: people.displayName(participant.role, participant.displayName, report) })
}

function redactEntry(
  entry: Entry,
  people: People,
  asked: string,
  report: (field: string, found: Found) => void,
): Entry {
  const { redactor, identities, structuralKeys } = people
  const foundInText = new Map<string, Pick<Span, 'type' | 'value'>>()
  const options: WalkOptions = {
    redactor,
    identities,
    structuralKeys,
    found: foundInText,
    isKept: (value) => people.isKeptAgentName(value),
    report,
  }
  const text = fieldByRule('text', entry.text, redactor, report, (original) => {
    const { text: rewritten, replaced } = redactor.rewrite(
      original,
      identities,
      original.length <= answering ? asked : '',
    )
    for (const span of replaced) {
      report('text', reported(span))
      // The text has the labels that the parts lack: `Phone: 450 0840`.
      if (span.detector === 'pattern') foundInText.set(original.slice(span.start, span.end), span)
    }
    return rewritten
  })
  const content = fieldByRule(
    'content',
    entry.content,
    redactor,
    report,
    (original) =>
      // Content is JSON of a known shape, and walking changes only strings and numbers in it.
      redactValue(original as unknown as Json, 'content', options) as unknown as Content,
  )
  const payload = fieldByRule('payload', entry.payload, redactor, report, (original) =>
    redactValue(original, 'payload', options),
  )
  // What nobody knows is redacted by the rule for payloads: it is of the same kind.
  const extra = fieldByRule('payload', entry.extra, redactor, report, (original) =>
    redactValue(original, 'extra', options),
  )
  const sender = changed(entry.sender, {
    subject: people.subject(entry.sender, (found) => report('sender.subject', found)),
    displayName: people.displayName(entry.sender.role, entry.sender.displayName, (found) =>
      report('sender.displayName', found),
    ),
  })
  const relatedRecords = mapChanged(entry.relatedRecords, (id, index) =>
    isId(id) ? id : people.text(id, (found) => report(`relatedRecords.${index}`, found)),
  )
  return changed(entry, { text, content, payload, extra, sender, relatedRecords })
}

function fieldByRule<T>(
  field: 'text' | 'content' | 'payload',
  value: T,
  { policy }: Redactor,
  report: (field: string, found: Found) => void,
  redacted: (value: T & {}) => T,
): T | null {
  if (value === null || value === undefined || policy.fields[field] === 'keep') return value
  if (policy.fields[field] === 'redact') return redacted(value)
  const length = typeof value === 'string' ? value.length : 0
  report(field, { type: 'FIELD', detector: 'field-policy', action: 'drop', start: 0, length })
  return null
}

/** End users feed redaction and are not archived; a later stage must not find them in the clear either. */
function redactEndUser(endUser: EndUser, people: People): EndUser {
  const silent = (): void => undefined
  const name = (value: string): string => {
    const read = people.valueOf(value)
    return isReplacement(value) ? value : people.whole(read.type, read.value, value, silent)
  }
  const as =
    (type: PersonalDataType, normalise: (value: string) => string) =>
    (value: string): string =>
      isReplacement(value) ? value : people.whole(type, normalise(value), value, silent)
  const key = (value: string): string => {
    const read = readPlatformKey(value)
    return isReplacement(value) ? value : people.whole(read.type, read.value, value, silent)
  }
  const contact = endUser.contact && {
    names: mapChanged(endUser.contact.names, name),
    emails: mapChanged(endUser.contact.emails, as('EMAIL', normaliseEmail)),
    phones: mapChanged(
      endUser.contact.phones,
      as('PHONE', (value) => phoneOf(value, people.identities)),
    ),
    addresses: mapChanged(
      endUser.contact.addresses,
      as('ADDRESS', (value) => tokensOf(value).join(' ')),
    ),
  }
  return changed(endUser, {
    name: endUser.name && name(endUser.name),
    platformKey: endUser.platformKey && key(endUser.platformKey),
    contact: endUser.contact && contact ? changed(endUser.contact, contact) : endUser.contact,
  })
}

function phoneOf(written: string, { phones }: Identities): string {
  const [span] = findKnownPhones(written, { start: 0, end: written.length }, phones)
  return span?.value ?? written
}

/** The same list when no item changed. */
function mapChanged<T>(list: readonly T[], map: (item: T, index: number) => T): readonly T[] {
  let copy: T[] | undefined
  for (const [index, item] of list.entries()) {
    const mapped = map(item, index)
    if (mapped === item) continue
    copy ??= list.slice()
    copy[index] = mapped
  }
  return copy ?? list
}

/** The same object when no member changed. */
function changed<T extends object>(original: T, members: Partial<T>): T {
  const keys = Object.keys(members) as (keyof T)[]
  return keys.every((key) => members[key] === original[key]) ? original : { ...original, ...members }
}
