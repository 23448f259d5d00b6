import type { CarouselItem } from './content.ts'
import type { Json } from './entry.ts'
import { optionLine, readAttachment, readOption, readTitle } from './item.ts'
import { isObject, type JsonObject, toList, toObject, toText } from './json-parts.ts'
import { line, type Rendering, unknownShape } from './rendering.ts'
import { toWireName } from './wire-name.ts'

/** `ChoicesMessage`: `Buttons` and other lists of options, `QuickReplies`, `Carousel`. */
export function readChoices(choices: JsonObject): Rendering {
  const caption = toText(choices['text'])

  const cards = toList(choices['items'])
  if (cards.length > 0) {
    const images = readImages(choices)
    const items = cards.map((card) => readCard(card, images))
    return { lines: [caption, ...items.flatMap(cardLines)], content: { type: 'carousel', items } }
  }

  const options = toList(choices['optionItems']).map(readOption)
  if (options.length === 0) return unknownShape(choices)
  const type = toWireName(toText(choices['formatType']) ?? '') === 'quickreplies' ? 'quick-replies' : 'buttons'
  return { lines: [caption, ...options.map(optionLine)], content: { type, options } }
}

/** `ChoicesResponseMessage`: what was selected. */
export function readChoicesResponse(response: JsonObject): Rendering {
  const selected = toList(response['selectedOptions']).map(readOption)
  if (selected.length === 0) return unknownShape(response)
  return { lines: [toText(response['text']), ...selected.map(optionLine)], content: { type: 'choice', selected } }
}

/** The cards name their images by id. */
function readImages(choices: JsonObject): ReadonlyMap<string, Json> {
  const images = new Map<string, Json>()
  for (const image of toList(choices['images'])) {
    const id = toText(toObject(image)['id'])
    if (id !== null) images.set(id, image)
  }
  return images
}

function readCard(value: Json, images: ReadonlyMap<string, Json>): CarouselItem {
  const card = toObject(value)
  const { title, subtitle } = readTitle(card['titleItem'])
  const image = images.get(toText(toObject(card['titleItem'])['imageId']) ?? '')
  return {
    title,
    subtitle,
    image: isObject(image) ? readAttachment(image) : null,
    options: toList(card['interactionItems']).map(readOption),
  }
}

function cardLines(item: CarouselItem): (string | null)[] {
  return [line(item.title, item.subtitle), item.image?.name ?? null, ...item.options.map(optionLine)]
}
