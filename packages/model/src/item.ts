import type { Attachment, Option } from './content.ts'
import type { Json } from './entry.ts'
import { toObject, toText } from './json-parts.ts'
import { line } from './rendering.ts'

/** A `TitleItem`: a title with up to three lines below it. Also a bare string. */
export interface TitleItem {
  readonly title: string | null
  readonly subtitle: string | null
}

export function readTitle(value: Json | undefined): TitleItem {
  const item = toObject(value)
  return {
    title: toText(item['title']) ?? toText(value),
    subtitle: line(toText(item['subTitle']), toText(item['secondarySubTitle']), toText(item['tertiarySubTitle'])),
  }
}

/** An option, offered (`titleItem`) or selected (`titleItem` or `optionTitle`). */
export function readOption(value: Json): Option {
  const item = toObject(value)
  const { title, subtitle } = readTitle(item['titleItem'] ?? item['optionTitle'] ?? item['title'] ?? value)
  return { id: toText(item['optionIdentifier']) ?? toText(item['optionId']), title, subtitle }
}

/** The line of an option: what it says, or its id where it says nothing. */
export function optionLine(option: Option): string | null {
  return line(option.title, option.subtitle) ?? option.id
}

/** An attachment, or the image of a link, which calls its fields `description` and `assetUrl`. */
export function readAttachment(value: Json | undefined): Attachment {
  const item = toObject(value)
  return {
    name: toText(item['name']) ?? toText(item['description']),
    mimeType: toText(item['mimeType']),
    url: toText(item['url']) ?? toText(item['assetUrl']),
    id: toText(item['id']),
  }
}

/** The line of an attachment: its name, or the next best thing that tells it from others. */
export function attachmentLine(attachment: Attachment): string {
  return attachment.name ?? attachment.url ?? attachment.id ?? attachment.mimeType ?? '(attachment)'
}
