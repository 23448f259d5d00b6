/** A `MessagingEndUser`: one record per person and channel. */
export interface EndUser {
  /** `MessagingEndUser.Id`, 18 characters. */
  readonly recordId: string
  /** `Name`. Editable in Salesforce, so never a key. */
  readonly name: string | null
  /** `MessagingPlatformKey`: a phone number on SMS and WhatsApp, a subject string on web chat. */
  readonly platformKey: string | null
  readonly messageType: string | null
  readonly contactId: string | null
  /** What the linked contact adds: its names, e-mail addresses, phone numbers, postal addresses, verbatim. */
  readonly contact: Contact | null
}

/** The identifying fields of a linked `Contact`. */
export interface Contact {
  readonly names: readonly string[]
  readonly emails: readonly string[]
  readonly phones: readonly string[]
  readonly addresses: readonly string[]
}
