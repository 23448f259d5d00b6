import { isRawJson, type Json, parseJson } from '@custody/model'
import { entryLists, outerIdentifiers, plainName } from './assumptions.ts'
import type { Columns } from './columns.ts'
import { malformed } from './failure.ts'
import { firstValueEnd, JsonFault, JsonSplitter } from './json-splitter.ts'
import type { MalformedRow, Row, Rows } from './row.ts'

type JsonObject = { readonly [key: string]: Json }

export interface JsonOptions {
  readonly file: string
  /** The longest element. */
  readonly rowBytes: number
  readonly match: (names: readonly string[]) => Columns
}

/** Which of the two forms a JSON file has: one document, or one per line. */
export function sniffJson(head: string, match: JsonOptions['match']): 'json' | 'ndjson' {
  const start = head.search(/\S/)
  if (head[start] !== '{') return 'json'
  const end = firstValueEnd(head)
  if (end === -1) return 'json'
  if (/\S/.test(head.slice(end))) return 'ndjson'
  // A single object: an entry, or what holds the entries.
  const value = parsed(head.slice(0, end))
  return isObject(value) && match(Object.keys(value)).missing.length === 0 ? 'ndjson' : 'json'
}

/**
 * Reads entries out of a JSON document: a list of them, an object with a list of them, or lists of conversations that each
 * hold a list of their entries.
 *
 * @throws CustodyError `EXPORT_FILE_MALFORMED`
 */
export async function* readJson(pieces: AsyncGenerator<string, void, undefined>, options: JsonOptions): Rows {
  const splitter = new JsonSplitter(options.rowBytes)
  const toRows = rowMaker(options, splitter.context)
  try {
    for await (const piece of pieces) {
      const rows = splitter.push(piece).flatMap(({ text }) => toRows(text))
      if (rows.length > 0) yield rows
    }
    splitter.end()
  } catch (error) {
    throw error instanceof JsonFault ? malformed(options.file, error.message, error) : error
  }
}

/**
 * Reads entries, or conversations that hold them, one per line. A line that is no JSON is a malformed row; when it is the last
 * one and does not end, the file was cut.
 *
 * @throws CustodyError `EXPORT_FILE_MALFORMED`
 */
export async function* readNdjson(pieces: AsyncGenerator<string, void, undefined>, options: JsonOptions): Rows {
  const toRows = rowMaker(options, new Map())
  let parts: string[] = []
  let held = 0
  for await (const piece of pieces) {
    const lines = piece.split('\n')
    const last = lines.pop() ?? ''
    const [first] = lines
    const rows: (Row | MalformedRow)[] = []
    if (first !== undefined) {
      lines[0] = parts.join('') + first
      parts = []
      held = 0
      for (const line of lines) if (/\S/.test(line)) rows.push(...toRows(line))
    }
    parts.push(last)
    held += last.length
    if (held > options.rowBytes) throw malformed(options.file, 'a line is too long')
    if (rows.length > 0) yield rows
  }
  const rest = parts.join('')
  if (!/\S/.test(rest)) return
  if (parsed(rest) === undefined) throw malformed(options.file, 'its last line breaks off')
  yield toRows(rest)
}

/** Makes rows of elements. Numbers them as it goes. */
function rowMaker(
  { match }: JsonOptions,
  context: ReadonlyMap<string, string>,
): (text: string) => readonly (Row | MalformedRow)[] {
  const intern = interned()
  let number = 0
  const toRow = (value: Json, outer: string | null): Row | MalformedRow => {
    number += 1
    if (!isObject(value)) return { number, problem: 'It is no JSON object.' }
    const names = Object.keys(value)
    const values = Object.values(value)
    const needsOuter = outer !== null && !match(intern(names)).places.has('conversation')
    return needsOuter
      ? { number, names: intern([...names, OUTER_NAME]), values: [...values, outer] }
      : { number, names: intern(names), values }
  }
  return (text) => {
    const value = parsed(text)
    if (value === undefined) {
      number += 1
      return [{ number, problem: 'It is no JSON.' }]
    }
    if (isObject(value)) {
      const lists = listsOfEntries(value, match, intern)
      if (lists) {
        const outer = outerConversation(Object.entries(value), match)
        return lists.flat().map((entry) => toRow(entry, outer))
      }
    }
    const members = [...context].map(([name, member]): [string, Json] => [name, parsed(member) ?? null])
    return [toRow(value, members.length === 0 ? null : outerConversation(members, match))]
  }
}

/** The name under which an entry is given the identifier of the conversation that it stands in. */
const OUTER_NAME = 'conversationIdentifier'

/** The lists of entries that an object holds; undefined for an object that is none of conversations. */
function listsOfEntries(
  value: JsonObject,
  match: JsonOptions['match'],
  intern: (names: readonly string[]) => readonly string[],
): readonly (readonly Json[])[] | undefined {
  if (match(intern(Object.keys(value))).missing.length === 0) return undefined
  const lists = Object.entries(value).flatMap(([name, member]) => {
    if (!Array.isArray(member)) return []
    const [first] = member
    return isObject(first) || (member.length === 0 && entryLists.has(plainName(name))) ? [member] : []
  })
  return lists.length > 0 ? lists : undefined
}

/** The identifier of a conversation by the members of the object that holds its entries. */
function outerConversation(members: readonly (readonly [string, Json])[], match: JsonOptions['match']): string | null {
  const names = members.map(([name]) => name)
  const place = match(names).places.get('conversation')
  const places = [
    place ?? -1,
    ...outerIdentifiers.map((wanted) => names.findIndex((name) => plainName(name) === wanted)),
  ]
  for (const at of places) {
    const value = members[at]?.[1]
    if (typeof value === 'string' && value !== '') return value
  }
  return null
}

/** Gives the same array for the same names, so that they are matched once; forgets all when there are too many. */
function interned(): (names: readonly string[]) => readonly string[] {
  const known = new Map<string, readonly string[]>()
  return (names) => {
    const key = JSON.stringify(names)
    const same = known.get(key)
    if (same) return same
    if (known.size === MAX_SHAPES) known.clear()
    known.set(key, names)
    return names
  }
}

const MAX_SHAPES = 1000

/** The value of a text; undefined for one that is no JSON. */
function parsed(text: string): Json | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJson(value)
}
