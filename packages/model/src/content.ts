import type { Instant } from './conversation.ts'
import type { Role } from './participant.ts'

/**
 * What a message holds besides, or instead of, plain text, and what an event says. Every string is verbatim. A caption
 * stands in the entry's text only.
 */
export type Content =
  | { readonly type: 'attachments'; readonly attachments: readonly Attachment[] }
  | {
      readonly type: 'rich-link'
      readonly title: string | null
      readonly url: string | null
      readonly image: Attachment | null
    }
  | {
      readonly type: 'links'
      readonly links: readonly { readonly title: string | null; readonly url: string | null }[]
    }
  | { readonly type: 'web-view'; readonly title: string | null; readonly url: string | null }
  | { readonly type: 'template'; readonly name: string | null }
  | { readonly type: 'buttons' | 'quick-replies'; readonly options: readonly Option[] }
  | { readonly type: 'carousel'; readonly items: readonly CarouselItem[] }
  | { readonly type: 'choice'; readonly selected: readonly Option[] }
  | { readonly type: 'form'; readonly title: string | null; readonly fields: readonly FormField[] }
  | { readonly type: 'form-response'; readonly fields: readonly FormField[] }
  | { readonly type: 'participants'; readonly changes: readonly ParticipantChange[] }
  | {
      readonly type: 'routing'
      readonly routingType: string | null
      readonly workType: string | null
      readonly failureType: string | null
      readonly failureReason: string | null
      /** 18 characters where it is a record id, verbatim otherwise. */
      readonly recordId: string | null
      /** In seconds; -1 where Salesforce cannot tell. */
      readonly estimatedWaitTime: number | null
    }
  | {
      readonly type: 'delivery-failure'
      readonly failedEntryId: string | null
      readonly errorCode: string | null
    }
  | { readonly type: 'acknowledgement'; readonly acknowledgedEntryId: string | null; readonly at: Instant | null }
  | {
      readonly type: 'session'
      readonly status: string | null
      readonly previousStatus: string | null
      readonly endedByRole: Role | null
    }
  | { readonly type: 'modality'; readonly active: readonly string[] }

/** A file of a message, as the payload speaks of it; `file` once it was fetched. */
export interface Attachment {
  /** The file's name; for an image of a link or carousel its description. */
  readonly name: string | null
  readonly mimeType: string | null
  readonly url: string | null
  /** The vendor's id of the attachment. */
  readonly id: string | null
  /** The file itself, once it was fetched. */
  readonly file?: AttachedFile
}

/** A file that came with a message, as it was fetched. */
export interface AttachedFile {
  /** In lower-case hexadecimal: names the file wherever it is kept. */
  readonly sha256: string
  /** In bytes. */
  readonly size: number
  /** The media type that came with the bytes. */
  readonly mimeType: string | null
}

/** Something that could be chosen. */
export interface Option {
  /** The vendor's id of the option, by which an answer names it. */
  readonly id: string | null
  readonly title: string | null
  /** All lines below the title, joined by ` - `. */
  readonly subtitle: string | null
}

/** A card of a carousel. */
export interface CarouselItem {
  readonly title: string | null
  readonly subtitle: string | null
  readonly image: Attachment | null
  readonly options: readonly Option[]
}

/** A field of a form, and what was answered. */
export interface FormField {
  readonly label: string | null
  /** The vendor's word: `TextInput`, `SelectInput`, `DatePickerInput`, `OptionPickerInput` … */
  readonly type: string | null
  /** What was answered; selected titles joined by `, `. Null in a form that only asks. */
  readonly value: string | null
  /** What can be chosen; in an answer, what was. */
  readonly options: readonly Option[]
}

/** Somebody came or left. */
export interface ParticipantChange {
  /** `add` or `remove`; the vendor's word otherwise. */
  readonly operation: string
  readonly role: Role
  readonly displayName: string | null
}
