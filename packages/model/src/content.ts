/** What a message holds besides, or instead of, plain text. Every string is verbatim, HTML entities decoded. */
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
      readonly recordId: string | null
      readonly estimatedWaitTime: number | null
    }
  | {
      readonly type: 'delivery-failure'
      readonly failedEntryId: string | null
      readonly errorCode: string | null
    }
  | { readonly type: 'acknowledgement'; readonly acknowledgedEntryId: string | null; readonly at: string | null }
  | { readonly type: 'modality'; readonly active: readonly string[] }

export interface Attachment {
  readonly name: string | null
  readonly mimeType: string | null
  readonly url: string | null
  /** The vendor's id of the attachment. */
  readonly id: string | null
}

export interface Option {
  readonly id: string | null
  readonly title: string | null
  readonly subtitle: string | null
}

export interface CarouselItem {
  readonly title: string | null
  readonly subtitle: string | null
  readonly image: Attachment | null
  readonly options: readonly Option[]
}

export interface FormField {
  readonly label: string | null
  readonly type: string | null
  readonly value: string | null
  readonly options: readonly Option[]
}

export interface ParticipantChange {
  /** `add` or `remove`; the vendor's word otherwise. */
  readonly operation: string
  readonly role: string
  readonly displayName: string | null
}
