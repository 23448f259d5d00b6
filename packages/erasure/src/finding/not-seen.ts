/**
 * What could not be looked through: the object is not there or may not be seen, or some of the fields asked for. `near-…`: there are
 * too many near matches, and none is shown.
 */
export const notSeenCodes = [
  'contacts',
  'contact-phone-fields',
  'contact-email-fields',
  'near-contacts',
  'near-end-users',
  'near-sessions',
  'session-contacts',
] as const

/** What the searching user could not look through. */
export type NotSeen = (typeof notSeenCodes)[number]
