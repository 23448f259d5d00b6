import { readChoices, readChoicesResponse } from './choices.ts'
import { readForm, readFormResponse } from './form.ts'
import { isObject, type JsonObject, toText } from './json-parts.ts'
import { combined, type Rendering } from './rendering.ts'
import { readStaticContent } from './static-content.ts'

/** The keys a message's content stands under, and who reads them. */
const readers: ReadonlyMap<string, (content: JsonObject) => Rendering> = new Map([
  ['staticContent', readStaticContent],
  ['choices', readChoices],
  ['choicesResponse', readChoicesResponse],
  ['form', readForm],
  ['formResponse', readFormResponse],
])

/** A message's payload, in its frame (`abstractMessage`) or without. */
export function readMessage(payload: JsonObject): Rendering {
  const message = isObject(payload['abstractMessage']) ? payload['abstractMessage'] : payload
  const renderings: Rendering[] = []
  for (const [key, read] of readers) {
    const content = message[key]
    if (isObject(content)) renderings.push(read(content))
  }
  // The Connect API carries the text of plain messages and nothing else.
  return renderings.length > 0 ? combined(renderings) : { lines: [toText(payload['messageText'])], content: null }
}

/** Whether an object shows the marks of a payload, and is not just JSON that somebody typed. */
export function isPayload(value: JsonObject): boolean {
  return 'abstractMessage' in value || 'entryType' in value || [...readers.keys()].some((key) => isObject(value[key]))
}
