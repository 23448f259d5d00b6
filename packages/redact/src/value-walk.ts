import { isRawJson, type Json } from '@custody/model'
import { fold, hasDigit } from './characters.ts'
import { type Found, type Report, reported, wholeField } from './found.ts'
import type { Identities } from './identities.ts'
import { type JsonTexts, membersShadowed } from './json-text.ts'
import { hasRulesBelow, noRules, type PathRules, ruleAt, rulesBelow } from './path-rules.ts'
import type { Span } from './personal-data-type.ts'
import type { FieldRule } from './policy.ts'
import type { Redactor } from './redactor.ts'
import { Remembered } from './remembered.ts'
import { dropped, replacementSource, unread } from './replacement.ts'
import { isFieldName, isId, isStructural, isStructuralNumber } from './structural.ts'
import { unescaped } from './unescaped.ts'

/** Something that was found elsewhere. */
export type Known = Pick<Span, 'type' | 'value' | 'detector' | 'score'>

export interface WalkOptions {
  readonly redactor: Redactor
  readonly identities: Identities
  readonly structuralKeys: ReadonlySet<string>
  /** Values that were found where more was known about them, as in the text of the same entry. */
  readonly found: ReadonlyMap<string, Known>
  /** Values kept whatever they hold, as display names of agents. */
  readonly isKept: (value: string) => boolean
  /** Strings that were dropped where it is known what they are: they go wherever the payload repeats them. Added to. */
  readonly dropped: Set<string>
  /** Parts of a number that goes on in another message, and the text they stand in. */
  readonly carried: { readonly text: string; readonly spans: readonly Span[] } | null
  readonly jsonTexts: JsonTexts
  readonly report: Report
}

/** Deeper than any real payload; what is nested deeper is cut off, with a mark in its place and in the report. */
const maximumDepth = 200
const maximumPathSegment = 64

/**
 * A value with every string, every number that is personal data, and every such key replaced. The same value back when
 * nothing was found. Strings that hold JSON are walked too.
 *
 * `rule` is for what no path rule names.
 */
export function redactValue(
  value: Json,
  path: string,
  options: WalkOptions,
  rules: PathRules,
  rule: FieldRule = 'redact',
): Json {
  return walk(value, { key: '', path, before: '', depth: 0, rules: rulesBelow(rules, path), rule }, options)
}

interface Place {
  readonly key: string
  readonly path: string
  /** The label and the key before a value: they tell numbers apart. */
  readonly before: string
  readonly depth: number
  readonly rules: PathRules
  /** What the place around it is under. */
  readonly rule: FieldRule
}

function walk(value: Json, place: Place, options: WalkOptions): Json {
  const rule = ruleAt(place.rules) ?? place.rule
  return rule === 'redact' ? redactPart(value, place, options) : partByRule(value, rule, place, options)
}

/** What is not searched is kept or dropped as a whole, but for the places inside that have rules of their own. */
function partByRule(value: Json, rule: 'keep' | 'drop', place: Place, options: WalkOptions): Json {
  if (hasRulesBelow(place.rules) && place.depth < maximumDepth) {
    const inside = { ...place, rule }
    if (typeof value === 'string') {
      const json = options.jsonTexts.read(value)
      if (json !== undefined && typeof json === 'object' && json !== null)
        return walkJsonText(value, json, inside, options)
    } else if (typeof value === 'object' && value !== null && !isRawJson(value)) {
      return isList(value) ? walkList(value, inside, options) : walkObject(value, inside, options)
    }
  }
  return rule === 'keep' ? value : droppedPart(value, place, options)
}

function droppedPart(value: Json, place: Place, options: WalkOptions): Json {
  if (value === null || value === '' || value === dropped) return value
  options.report(place.path, wholeField('FIELD', 'drop', typeof value === 'string' ? value.length : 0, null))
  if (typeof value !== 'string') return null
  options.dropped.add(value)
  return dropped
}

function redactPart(value: Json, given: Place, options: WalkOptions): Json {
  const place = given.rule === 'redact' ? given : { ...given, rule: 'redact' as const }
  if (typeof value === 'string') return walkString(value, place, options)
  if (typeof value === 'number') return walkNumber(value, String(value), place, options)
  if (value === null || typeof value === 'boolean') return value
  if (isRawJson(value)) return walkNumber(value, value.rawJSON, place, options)
  if (place.depth >= maximumDepth) {
    options.report(place.path, { ...wholeField('UNREAD', 'drop', 0, null), detector: 'depth-limit' })
    return unread
  }
  return isList(value) ? walkList(value, place, options) : walkObject(value, place, options)
}

function walkList(list: readonly Json[], place: Place, options: WalkOptions): Json {
  let changed: Json[] | undefined
  for (const [index, item] of list.entries()) {
    const rules = rulesBelow(place.rules, String(index))
    const walked = walk(item, { ...place, path: `${place.path}.${index}`, depth: place.depth + 1, rules }, options)
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
  const members = Object.entries(object)
  let isChanged = false
  for (const member of members) {
    const [key, value] = member
    const newKey = redactedKey(key, place, options)
    const path = `${place.path}.${newKey.slice(0, maximumPathSegment)}`
    const before = isLabel(key) ? '' : `${label} ${newKey}`
    const rules = rulesBelow(place.rules, key)
    // What says nothing goes nowhere, unless a rule is for it.
    if (
      (value === null || typeof value === 'boolean') &&
      newKey === key &&
      rules === noRules &&
      place.rule === 'redact'
    ) {
      continue
    }
    const walked = walk(value, { key, path, before, depth: place.depth + 1, rules, rule: place.rule }, options)
    if (walked === value && newKey === key) continue
    isChanged = true
    member[0] = newKey
    member[1] = walked
  }
  return isChanged ? Object.fromEntries(withVacantKeys(members)) : object
}

function redactedKey(key: string, place: Place, { redactor, identities, report }: WalkOptions): string {
  if (isFieldName(key) || isId(key) || place.rule === 'keep') return key
  const { text, replaced } = redactor.rewrite(key, { identities })
  for (const found of replaced) report(`${place.path}.${text.slice(0, maximumPathSegment)}`, reported(found))
  return text
}

/** Two keys may have become one. */
function withVacantKeys(members: readonly (readonly [string, Json])[]): ReadonlyMap<string, Json> {
  const all = new Map<string, Json>()
  for (const [key, value] of members) all.set(vacant(key, all), value)
  return all
}

function vacant(key: string, taken: ReadonlyMap<string, Json>): string {
  let free = key
  for (let n = 2; taken.has(free); n++) free = `${key} ${n}`
  return free
}

function walkString(value: string, place: Place, options: WalkOptions): string {
  const { redactor, identities, found, report } = options
  if (value.length < 2 || options.isKept(value)) return value
  if (options.dropped.has(value)) return droppedPart(value, place, options) as string
  // Ids stay, unless they are the very key of an end user.
  if (isStructural(place.key, value, options.structuralKeys) && !identities.keys.has(fold(value))) return value
  const json = options.jsonTexts.read(value)
  if (json !== undefined) return walkJsonText(value, json, place, options)
  const known = found.get(value.trim())
  const carried = carriedIn(value, options)
  const before = hasDigit(value) ? tellingWords(place.before) : ''
  const { text, replaced } = redactor.rewrite(value, { identities, before, carried })
  if (known && replaced.length === 0) return whole(value, known, place, options) ?? value
  for (const one of replaced) report(place.path, reported(one))
  return text
}

function walkNumber(value: Json, written: string, place: Place, options: WalkOptions): Json {
  const { redactor, identities, found } = options
  // Seven digits at least, no fraction: what could be a phone, card or account number.
  if (!/^\d{7,}$/.test(written) || isStructuralNumber(place.key, options.structuralKeys)) return value
  const known = found.get(written)
  if (known) return whole(written, known, place, options) ?? value
  const { text, replaced } = redactor.rewrite(written, { identities, before: tellingWords(place.before) })
  for (const one of replaced) options.report(place.path, reported(one))
  return replaced.length > 0 ? text : value
}

/** The parts of split numbers that the text of this entry has. */
function carriedIn(value: string, { carried }: WalkOptions): readonly Span[] | undefined {
  if (carried === null) return undefined
  return value === carried.text || unescaped(value) === carried.text ? carried.spans : undefined
}

function whole(
  text: string,
  { type, value, detector, score }: Known,
  place: Place,
  options: WalkOptions,
): string | null {
  const replacement = options.redactor.replacementOf({ type, value, text }, options.identities)
  if (!replacement) return null
  const { action } = replacement
  const found: Found = { type, detector, action, start: 0, length: text.length, score, value }
  options.report(place.path, found)
  return replacement.text
}

function walkJsonText(text: string, json: Json, place: Place, options: WalkOptions): string {
  const walked = walk(json, { ...place, depth: place.depth + 1 }, options)
  const shadowed = membersShadowed(text, json)
  if (walked === json && shadowed === 0) return text
  if (shadowed > 0) {
    // Of members with one name a parser keeps the last; the others would pass unread.
    options.report(place.path, { ...wholeField('SHADOWED', 'drop', shadowed, null), detector: 'duplicate-key' })
  }
  return options.jsonTexts.write(walked)
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

const labels = ['label', 'inputLabel', 'question', 'fieldName']

function isLabel(key: string): boolean {
  return labels.includes(key)
}

function labelOf(object: JsonObject, { redactor, identities }: WalkOptions): string {
  for (const key of labels) {
    const label = object[key]
    if (typeof label === 'string') return redactor.rewrite(label, { identities }).text
  }
  return ''
}

const maximumLabel = 100
// A field called `text` or `message` says nothing about a number in it, unlike "text me on 555…"; nor does a replacement.
const untelling = new RegExp(
  `${replacementSource}|\\b(?:text|message|messages|contact|answer|reply|call|desk|office|id)\\b`,
  'gi',
)

const maximumLabels = 1000
const wordsByLabel = new Remembered<string>(maximumLabels, maximumLabel)

/** What a label and a key say of a number: their words, without those that say nothing. */
function tellingWords(before: string): string {
  return wordsByLabel.of(before, readTellingWords)
}

function readTellingWords(before: string): string {
  const words = before
    .replace(untelling, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
  return words.replace(untelling, '').trim().slice(0, maximumLabel)
}
