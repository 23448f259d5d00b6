import type { Json } from '../entry.ts'

/** A message's payload in the frame the APIs put around it. */
export function messagePayload(messageType: string, content: { readonly [key: string]: Json }): Json {
  return {
    entryType: 'Message',
    id: '04d4fa0e-0000-4000-8000-000000000001',
    abstractMessage: {
      messageType,
      inReplyToMessageId: null,
      id: '04d4fa0e-0000-4000-8000-000000000001',
      references: null,
      ...content,
    },
    messageReason: null,
  }
}

export function staticPayload(staticContent: Json): Json {
  return messagePayload('StaticContentMessage', { staticContent })
}

export function titleItem(title: string, subTitle: string | null = null): Json {
  return { itemType: 'TitleItem', title, subTitle, secondarySubTitle: null, tertiarySubTitle: null, referenceId: null }
}

export function optionItem(id: string, title: string, subTitle: string | null = null): Json {
  return {
    itemType: 'TitleOptionItem',
    titleItem: titleItem(title, subTitle),
    optionIdentifier: id,
    optionId: null,
  }
}
