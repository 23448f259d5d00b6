import { isRawJson, type Json, parseJson } from '@custody/model'

// A parser that fails is slow, and every pseudonym stands in brackets: what cannot go on as JSON does not get to it.
const begin = /^\s*(?:"|\{\s*["}]|\[\s*(?:[[{"\]\d-]|true|false|null))/
const end = /[\]}"]\s*$/

function mayBeJson(text: string): boolean {
  return begin.test(text) && end.test(text)
}

/** The JSON that a text holds, or undefined where it is only text. */
export function jsonIn(text: string): Json | undefined {
  if (!mayBeJson(text)) return undefined
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/** What may be kept of one conversation: beyond that, texts are parsed again. */
const maximumKept = 8 * 1024 * 1024

/** Remembers the JSON of texts, so that those of a conversation are parsed once. */
export class JsonTexts {
  readonly #known = new Map<string, Json | undefined>()
  #kept = 0

  /** As {@link jsonIn}. */
  read(text: string): Json | undefined {
    if (!mayBeJson(text)) return undefined
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const json = jsonIn(text)
    this.#keep(text, json)
    return json
  }

  /** The text of a value, which is remembered as its JSON. */
  write(json: Json): string {
    const text = JSON.stringify(json)
    this.#keep(text, json)
    return text
  }

  #keep(text: string, json: Json | undefined): void {
    this.#kept += text.length
    if (this.#kept <= maximumKept) this.#known.set(text, json)
  }
}

/** How many members of a JSON text a parser loses, because a later one has their name. */
export function membersShadowed(text: string, json: Json): number {
  return membersWritten(text) - membersKept(json)
}

/** Colons outside strings: one a member. */
function membersWritten(json: string): number {
  let members = 0
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|:/g)) if (token === ':') members++
  return members
}

function membersKept(json: Json): number {
  let members = 0
  const pending: Json[] = [json]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next !== 'object' || next === null || isRawJson(next)) continue
    const values = Object.values(next)
    if (!Array.isArray(next)) members += values.length
    for (const value of values) pending.push(value)
  }
  return members
}
