// What is believed about the records of an org where no document at hand says so. Finding and planning guess nowhere else.

/** assumption: the query resource answers so where object or field are not there for this user; from public clients. */
export const errorCodes: { readonly notVisible: readonly string[] } = {
  notVisible: ['INVALID_TYPE', 'INVALID_FIELD'],
}

/**
 * assumption: on channels of these types `MessagingPlatformKey` is a phone number, with or without plus, prefix or separators. Where
 * the type is another one or unknown, a key that reads as the very number counts as well; near matches are looked for on these alone.
 */
export const phoneChannelTypes: ReadonlySet<string> = new Set([
  'Text',
  'WhatsApp',
  'Voice',
  'Phone',
  'PstnVoice',
  'WhatsAppVoice',
  'SipVoice',
])

/**
 * assumption: the part of a platform key behind the last colon or slash names the person, as in `v2/iamessage/AUTH/<realm>/uid:<id>`
 * and `whatsapp:+4915…`.
 */
export const keySeparator: RegExp = /[:/]/

/** assumption: a session is over in this status and no other; documented is that all sessions have to be closed, or 412 comes. */
export const closedSessionStatus = 'Ended'

/**
 * assumption: children of these objects restrict deletion, as the guide says of the first two, whatever a description says. Further
 * ones are known by `restrictedDelete` in the description of their parent.
 */
export const restrictingObjects: readonly string[] = ['EngagementAttendee', 'EngagementTopic']

/** assumption: instances of Government Cloud are called so (`Organization.InstanceName`). */
export const governmentInstance: RegExp = /^USG/i

/** assumption: names of fields of `PrivacyHold`; the object belongs to Privacy Center and is in no document at hand. */
export const privacyHoldFields = {
  object: 'PrivacyHold',
  record: 'ReferenceRecordId',
  isActive: 'IsActive',
  startDate: 'StartDate',
  endDate: 'EndDate',
} as const
