import type { Attachment, Content } from '@custody/model'

/**
 * - `attachment`: a file that was sent.
 * - `image`: the picture of a link or a card. On a host of its own it is a part of that link, not a file of the message.
 */
export type FileRole = 'attachment' | 'image'

/** Gives each attachment of a content to `map`; the same content when nothing changed. */
export async function mapAttachments(
  content: Content,
  map: (attachment: Attachment, role: FileRole) => Promise<Attachment>,
): Promise<Content> {
  switch (content.type) {
    case 'attachments': {
      const attachments = await mapInTurn(content.attachments, (attachment) => map(attachment, 'attachment'))
      return attachments === content.attachments ? content : { ...content, attachments }
    }
    case 'rich-link': {
      const image = content.image && (await map(content.image, 'image'))
      return image === content.image ? content : { ...content, image }
    }
    case 'carousel': {
      const items = await mapInTurn(content.items, async (item) => {
        const image = item.image && (await map(item.image, 'image'))
        return image === item.image ? item : { ...item, image }
      })
      return items === content.items ? content : { ...content, items }
    }
    default:
      return content
  }
}

/** One after the other; the same list when no item changed. */
export async function mapInTurn<T>(list: readonly T[], map: (item: T) => Promise<T>): Promise<readonly T[]> {
  let copy: T[] | undefined
  for (const [index, item] of list.entries()) {
    const mapped = await map(item)
    if (mapped === item) continue
    copy ??= list.slice()
    copy[index] = mapped
  }
  return copy ?? list
}
