import { type MatchReason, matchReasons } from '../candidate.ts'
import { phoneChannelTypes } from '../soql/assumptions.ts'
import { isNearEmail, isNearPhone, isSameEmail, isSamePhone } from './near.ts'
import { emailOfKey, phoneOfKey, readEmail, readPhone } from './normalise.ts'
import type { Wanted } from './wanted.ts'

/** A `MessagingEndUser` as SOQL gives it. */
export interface EndUserFacts {
  readonly id: string
  readonly name: string | null
  readonly platformKey: string | null
  readonly channelType: string | null
  readonly channelName: string | null
  readonly contactId: string | null
}

/** A `Contact` as SOQL gives it. */
export interface ContactFacts {
  readonly id: string
  readonly phones: readonly string[]
  readonly emails: readonly string[]
}

/** Why an end user may be the person, by its own record. Pure. */
export function matchEndUser(endUser: EndUserFacts, wanted: Wanted): ReadonlySet<MatchReason> {
  const reasons = new Set<MatchReason>()
  const { id, platformKey, contactId, channelType } = endUser
  if (wanted.endUserIds.has(id)) reasons.add('end-user-id')
  if (contactId !== null && wanted.contactIds.has(contactId)) reasons.add('contact-id')
  if (platformKey === null) return reasons
  if (wanted.platformKeys.has(platformKey)) reasons.add('platform-key')
  const phone = phoneOfKey(platformKey, channelType)
  if (phone !== null) {
    if (wanted.phones.some((each) => isSamePhone(each, phone))) reasons.add('phone')
    else if (isPhoneChannel(channelType) && wanted.phones.some((each) => isNearPhone(each, phone)))
      reasons.add('near-phone')
  }
  const email = emailOfKey(platformKey)
  if (email !== null) {
    if (wanted.emails.some((each) => isSameEmail(each, email))) reasons.add('email')
    else if (wanted.emails.some((each) => isNearEmail(each, email))) reasons.add('near-email')
  }
  return reasons
}

/** Ids of a page, say, are digits too: other channels are told by the very number alone. */
function isPhoneChannel(channelType: string | null): boolean {
  return channelType !== null && phoneChannelTypes.has(channelType)
}

/** Why the end users linked to a contact may be the person. Pure. */
export function matchContact(contact: ContactFacts, wanted: Wanted): ReadonlySet<MatchReason> {
  const reasons = new Set<MatchReason>()
  const phones = contact.phones.map((text) => readPhone(text, wanted.country)).filter((phone) => phone !== null)
  const emails = contact.emails.map(readEmail).filter((email) => email !== null)
  if (phones.some((phone) => wanted.phones.some((each) => isSamePhone(each, phone)))) reasons.add('contact-phone')
  else if (phones.some((phone) => wanted.phones.some((each) => isNearPhone(each, phone)))) reasons.add('near-phone')
  if (emails.some((email) => wanted.emails.some((each) => isSameEmail(each, email)))) reasons.add('contact-email')
  else if (emails.some((email) => wanted.emails.some((each) => isNearEmail(each, email)))) reasons.add('near-email')
  return reasons
}

export function isExact(reason: MatchReason): boolean {
  return !reason.startsWith('near-')
}

/** The strongest first, each once. */
export function sortReasons(reasons: Iterable<MatchReason>): readonly MatchReason[] {
  const present = new Set(reasons)
  return matchReasons.filter((reason) => present.has(reason))
}
