import { isRawJson, type Json, parseJson } from '@custody/model'
import { fold } from './characters.ts'
import type { Identities } from './identities.ts'
import type { PersonalDataType, Span } from './personal-data-type.ts'
import type { Redactor, Replaced } from './redactor.ts'
import { replacementSource, unread } from './replacement.ts'
import { isFieldName, isId, isStructural, isStructuralNumber } from './structural.ts'

/** Told of each replacement. `path` names where, in its redacted form. */
export type Report = (path: string, replaced: Found) => void

export interface Found {
  readonly type: string
  readonly detector: string
  readonly action: string
  readonly start: number
  readonly length: number
}

/** What may be told of a replacement: everything but the value. */
export function reported({ type, detector, action, start, end }: Replaced): Found {
  return { type, detector, action, start, length: end - start }
}

export interface WalkOptions {
  readonly redactor: Redactor
  readonly identities: Identities
  readonly structuralKeys: ReadonlySet<string>
  /** Values that were found where more was known about them, as in the text of the same entry. */
  readonly found: ReadonlyMap<string, Pick<Span, 'type' | 'value'>>
  /** Values kept whatever they hold, as display names of agents. */
  readonly isKept: (value: string) => boolean
  readonly report: Report
}

/** Deeper than any real payload; what is nested deeper is cut off, with a mark in its place and in the report. */
const maximumDepth = 200
const maximumPathSegment = 64

/**
 * A value with every string, every number that is personal data, and every such key replaced. The same value back when
 * nothing was found. Strings that hold JSON are walked too.
 */
export function redactValue(value: Json, path: string, options: WalkOptions): Json {
  return walk(value, { key: '', path, before: '', depth: 0 }, options)
}

interface Place {
  readonly key: string
  readonly path: string
  /** The label and the key before a value: they tell numbers apart. */
  readonly before: string
  readonly depth: number
}

function walk(value: Json, place: Place, options: WalkOptions): Json {
  if (typeof value === 'string') return walkString(value, place, options)
  if (typeof value === 'number') return walkNumber(value, String(value), place, options)
  if (value === null || typeof value === 'boolean') return value
  if (isRawJson(value)) return walkNumber(value, value.rawJSON, place, options)
  if (place.depth >= maximumDepth) {
    options.report(place.path, { type: 'UNREAD', detector: 'depth-limit', action: 'drop', start: 0, length: 0 })
    return unread
  }
  return isList(value) ? walkList(value, place, options) : walkObject(value, place, options)
}

function walkList(list: readonly Json[], place: Place, options: WalkOptions): Json {
  let changed: Json[] | undefined
  for (const [index, item] of list.entries()) {
    const walked = walk(item, { ...place, path: `${place.path}.${index}`, depth: place.depth + 1 }, options)
    if (walked !== item) {
      changed ??= list.slice()
      changed[index] = walked
    }
  }
  return changed ?? list
}

type JsonObject = { readonly [key: string]: Json }

function walkObject(object: JsonObject, place: Place, options: WalkOptions): Json {
  const label = labelOf(object, options)
  let isChanged = false
  const members = new Map<string, Json>()
  for (const [key, value] of Object.entries(object)) {
    const newKey = redactedKey(key, place, options)
    const path = `${place.path}.${newKey.slice(0, maximumPathSegment)}`
    const before = isLabel(key) ? '' : `${label} ${newKey}`
    const walked = walk(value, { key, path, before, depth: place.depth + 1 }, options)
    if (walked !== value || newKey !== key) isChanged = true
    members.set(vacant(newKey, members), walked)
  }
  return isChanged ? Object.fromEntries(members) : object
}

function redactedKey(key: string, place: Place, { redactor, identities, report }: WalkOptions): string {
  if (isFieldName(key) || isId(key)) return key
  const { text, replaced } = redactor.rewrite(key, identities)
  for (const found of replaced) report(`${place.path}.${text.slice(0, maximumPathSegment)}`, reported(found))
  return text
}

function vacant(key: string, taken: ReadonlyMap<string, Json>): string {
  let free = key
  for (let n = 2; taken.has(free); n++) free = `${key} ${n}`
  return free
}

function walkString(value: string, place: Place, options: WalkOptions): string {
  const { redactor, identities, found, report } = options
  if (value.length < 2 || options.isKept(value)) return value
  // Ids stay, unless they are the very key of an end user.
  if (isStructural(place.key, value, options.structuralKeys) && !identities.keys.has(fold(value))) return value
  const json = jsonIn(value)
  if (json !== undefined) return walkJsonText(value, json, place, options)
  const known = found.get(value.trim())
  const { text, replaced } = redactor.rewrite(value, identities, hasDigit.test(value) ? tellingWords(place.before) : '')
  if (known && replaced.length === 0) return whole(value, known, 'pattern', place, options) ?? value
  for (const one of replaced) report(place.path, reported(one))
  return text
}

function walkNumber(value: Json, written: string, place: Place, options: WalkOptions): Json {
  const { redactor, identities, found } = options
  // Seven digits at least, no fraction: what could be a phone, card or account number.
  if (!/^\d{7,}$/.test(written) || isStructuralNumber(place.key, options.structuralKeys)) return value
  const known = found.get(written)
  if (known) return whole(written, known, 'pattern', place, options) ?? value
  const { text, replaced } = redactor.rewrite(written, identities, tellingWords(place.before))
  for (const one of replaced) options.report(place.path, reported(one))
  return replaced.length > 0 ? text : value
}

function whole(
  value: string,
  { type, value: normalised }: { readonly type: PersonalDataType; readonly value: string },
  detector: string,
  place: Place,
  { redactor, report }: WalkOptions,
): string | null {
  const replacement = redactor.replacementOf(type, normalised)
  if (!replacement) return null
  report(place.path, { type, detector, action: replacement.action, start: 0, length: value.length })
  return replacement.text
}

function walkJsonText(text: string, json: Json, place: Place, options: WalkOptions): string {
  const walked = walk(json, { ...place, depth: place.depth + 1 }, options)
  const shadowed = membersWritten(text) - membersKept(json)
  if (walked === json && shadowed === 0) return text
  if (shadowed > 0) {
    // Of members with one name a parser keeps the last; the others would pass unread.
    options.report(place.path, {
      type: 'SHADOWED',
      detector: 'duplicate-key',
      action: 'drop',
      start: 0,
      length: shadowed,
    })
  }
  return JSON.stringify(walked)
}

/** The JSON that a text holds, or undefined where it is only text. */
export function jsonIn(text: string): Json | undefined {
  if (!/^\s*[[{"]/.test(text) || !/[\]}"]\s*$/.test(text)) return undefined
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
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
    if (!isList(next)) members += values.length
    for (const value of values) pending.push(value)
  }
  return members
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

const labels = ['label', 'inputLabel', 'question', 'fieldName']

function isLabel(key: string): boolean {
  return labels.includes(key)
}

function labelOf(object: JsonObject, { redactor, identities }: WalkOptions): string {
  const label = labels.map((key) => object[key]).find((value) => typeof value === 'string')
  return typeof label === 'string' ? redactor.rewrite(label, identities).text : ''
}

const hasDigit = /\p{Nd}/u
const maximumLabel = 100
// A field called `text` or `message` says nothing about a number in it, unlike "text me on 555…"; nor does a replacement.
const untelling = new RegExp(
  `${replacementSource}|\\b(?:text|message|messages|contact|answer|reply|call|desk|office|id)\\b`,
  'gi',
)

function tellingWords(before: string): string {
  const words = before
    .replace(untelling, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
  return words.replace(untelling, '').trim().slice(0, maximumLabel)
}
