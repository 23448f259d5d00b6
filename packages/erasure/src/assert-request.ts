import { toRecordId } from '@custody/model'
import { usageError } from '@custody/pipeline'
import { isDay } from './day.ts'
import { manners, type NewErasureRequest, regimes, type SubjectIdentifiers } from './erasure-request.ts'
import { isName } from './names.ts'

const faults = {
  'reference-malformed': 'a reference has 1 to 80 letters, digits, dots, hyphens and underscores',
  'reference-names-person': 'the reference repeats an identifier of the person, and references are kept for good',
  'nobody-named': 'it names no identifier and no conversation',
  'person-and-conversations': 'it names a person and conversations: make two requests of it',
  'too-many-identifiers': 'it names more than 1,000 identifiers',
  'end-user-id-malformed': 'an end-user id is no record id of 15 or 18 characters',
  'contact-id-malformed': 'a contact id is no record id of 15 or 18 characters',
  'phone-malformed':
    'a phone number has 5 to 20 digits, and else only a leading plus, spaces, dots, slashes, hyphens, brackets',
  'email-malformed': 'an e-mail address has one @ with something on both sides, and no spaces',
  'platform-key-malformed': 'a platform key has 1 to 255 characters',
  'conversation-malformed': 'a conversation identifier has 1 to 255 characters and no spaces',
  'regime-unknown': 'the regime is gdpr, ccpa or own',
  'received-malformed': 'the day it was received is no day written 2026-11-21',
  'received-in-future': 'the day it was received is still to come',
  'due-malformed': 'the due date is no day written 2026-11-21',
  'due-missing': 'the regime own needs a due date',
  'due-before-received': 'it is due before it was received',
  'due-later-than-law': 'it is due later than its regime allows',
  'jurisdiction-malformed': 'a jurisdiction is written DE or US-CA',
  'manner-unknown': 'the manner is none that the register knows',
  'note-too-long': 'the note has more than 10,000 characters',
} as const

/** Why a row of a file of requests cannot be used. */
export type RequestFault = keyof typeof faults

/** Why a request is not taken, in words for each code. Codes are stable. */
export const requestFaults: Readonly<Record<RequestFault, string>> = faults

const MAX_IDENTIFIERS = 1_000
const MAX_NOTE_LENGTH = 10_000

const phoneForm = /^\+?[\d ()./\u00a0-]+$/
const emailForm = /^[^\s@]{1,64}@[^\s@]{1,255}$/
const jurisdictionForm = /^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/

/** @throws CustodyError `ERASURE_REQUEST` (usage), without a word of what was asked */
export function assertRequest(request: NewErasureRequest): void {
  const fault = faultOf(request)
  if (fault === null) return
  throw usageError('ERASURE_REQUEST', `The request cannot be taken: ${requestFaults[fault]}. [${fault}]`)
}

/** What is wrong with a request; null for nothing. */
export function faultOf(request: NewErasureRequest): RequestFault | null {
  const { reference, subject, conversations, regime, receivedOn, dueOn, jurisdiction, manner = null, note } = request
  if (!isName(reference)) return 'reference-malformed'
  if (!regimes.includes(regime)) return 'regime-unknown'
  if (!isDay(receivedOn)) return 'received-malformed'
  if (!isDay(dueOn)) return 'due-malformed'
  if (dueOn < receivedOn) return 'due-before-received'
  if (jurisdiction !== null && !jurisdictionForm.test(jurisdiction)) return 'jurisdiction-malformed'
  if (manner !== null && !manners.includes(manner)) return 'manner-unknown'
  if (note !== null && note.length > MAX_NOTE_LENGTH) return 'note-too-long'
  const identifiers = Object.values(subject).flat().length
  if (identifiers + conversations.length === 0) return 'nobody-named'
  if (identifiers > 0 && conversations.length > 0) return 'person-and-conversations'
  if (identifiers + conversations.length > MAX_IDENTIFIERS) return 'too-many-identifiers'
  return identifierFault(subject, conversations) ?? (namesPerson(request) ? 'reference-names-person' : null)
}

function identifierFault(subject: SubjectIdentifiers, conversations: readonly string[]): RequestFault | null {
  const { endUserIds, contactIds, phones, emails, platformKeys } = subject
  if (!endUserIds.every(isRecordId)) return 'end-user-id-malformed'
  if (!contactIds.every(isRecordId)) return 'contact-id-malformed'
  if (!phones.every(isPhone)) return 'phone-malformed'
  if (!emails.every((email) => emailForm.test(email))) return 'email-malformed'
  if (!platformKeys.every((key) => key.trim() !== '' && key.length <= 255)) return 'platform-key-malformed'
  if (!conversations.every((id) => /^\S{1,255}$/.test(id))) return 'conversation-malformed'
  return null
}

function isRecordId(id: string): boolean {
  return toRecordId(id) !== null
}

function isPhone(phone: string): boolean {
  const digits = phone.replace(/\D/g, '').length
  return phone.length <= 40 && phoneForm.test(phone) && digits >= 5 && digits <= 20
}

/** A reference is kept when all that identifies the person goes. */
function namesPerson({ reference, subject, conversations }: NewErasureRequest): boolean {
  const written = reference.toLowerCase()
  const digits = reference.replace(/\D/g, '')
  const { phones, ...others } = subject
  return (
    phones.some((phone) => digits.includes(phone.replace(/\D/g, ''))) ||
    [...Object.values(others).flat(), ...conversations].some(
      (each) => each.length > 4 && written.includes(each.toLowerCase()),
    )
  )
}
