import { type Conversation, isRawJson, type Json } from '@custody/model'
import { fold } from './characters.ts'
import type { Identities, Literal } from './identities.ts'
import { JsonTexts } from './json-text.ts'
import { findKnownPhones } from './known-phones.ts'
import { Remembered } from './remembered.ts'
import { findReplacements, type ReplacementForms } from './replacement.ts'
import { gapsBetween } from './spans.ts'
import { isFieldName, isId, isStructural, isStructuralNumber } from './structural.ts'
import { unescaped } from './unescaped.ts'

/** Something of an end user that still stands in a redacted conversation. Says where and what kind; never what. */
export interface Residue {
  readonly entryId: string | null
  /** A path as in {@link Redaction}; list positions in the place of keys that are no field names. */
  readonly field: string
  readonly type: string
}

/**
 * Searches a redacted conversation once more for everything that was known of its end users. Empty is the only good answer.
 *
 * `identities` are those of the conversation before it was redacted. Beside the search that redaction itself uses, whole
 * names, addresses of mail, numbers and keys are looked for letter by letter, in ids and in keys too, so that a mistake of
 * the one does not hide in the other. Names of agents, where the policy keeps them, are searched for whole names only.
 * `forms` are of the policy that redacted it, where that has types or functions of its own.
 */
export function residue(
  conversation: Conversation,
  identities: Identities,
  forms?: Pick<ReplacementForms, 'find'>,
): readonly Residue[] {
  return residueBeside(new JsonTexts(), conversation, identities, forms)
}

/** {@link residue} of a conversation whose JSON texts were read before. */
export function residueBeside(
  jsonTexts: JsonTexts,
  conversation: Conversation,
  identities: Identities,
  forms?: Pick<ReplacementForms, 'find'>,
): readonly Residue[] {
  const found: Residue[] = []
  const search = new Search(identities, forms?.find ?? findReplacements, jsonTexts)
  const look = (entryId: string | null, field: string, value: Json | undefined): void => {
    for (const { field: place, type } of search.look(value ?? null, field)) found.push({ entryId, field: place, type })
  }
  look(null, 'identifier', conversation.identifier)
  look(null, 'channelName', conversation.channelName)
  for (const [index, { displayName }] of conversation.participants.entries()) {
    look(null, `participants.${index}.displayName`, displayName)
  }
  for (const { entryId, text, content, payload, extra, sender, relatedRecords } of conversation.entries) {
    look(entryId, 'entryId', entryId)
    look(entryId, 'text', text)
    look(entryId, 'content', content as unknown as Json)
    look(entryId, 'payload', payload)
    look(entryId, 'extra', extra)
    look(entryId, 'sender', { ...sender })
    look(entryId, 'relatedRecords', relatedRecords)
  }
  return found
}

interface Place {
  /** Undefined at the top, whose segment is the name of the field. */
  readonly above: Place | undefined
  readonly segment: string | number
  readonly key: string
  readonly value: Json
  /** Whether the value is itself the key of a member. */
  readonly isKey: boolean
}

const maximumTexts = 1000
const maximumLength = 10_000

class Search {
  readonly #identities: Identities
  readonly #literals: readonly { readonly type: string; readonly folded: string }[]

  readonly #replacements: ReplacementForms['find']
  readonly #jsonTexts: JsonTexts
  // Payloads repeat what the text of their entry says, and the same keys and words again and again.
  readonly #literalTypes = new Remembered<readonly string[]>(maximumTexts, maximumLength)
  readonly #spanTypes = new Remembered<readonly string[]>(maximumTexts, maximumLength)

  constructor(identities: Identities, replacements: ReplacementForms['find'], jsonTexts: JsonTexts) {
    this.#replacements = replacements
    this.#jsonTexts = jsonTexts
    this.#identities = identities
    this.#literals = identities.literals.filter(isTelling).map(({ type, literal }) => ({ type, folded: fold(literal) }))
  }

  look(value: Json, field: string): { readonly field: string; readonly type: string }[] {
    const found: { readonly field: string; readonly type: string }[] = []
    const pending: Place[] = [{ above: undefined, segment: field, key: '', value, isKey: false }]
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      // JSON in a string is walked, as redaction walks it: what is structural there is no running text.
      const inner = typeof next.value === 'string' ? this.#jsonTexts.read(next.value) : undefined
      for (const type of this.#typesIn(next, inner !== undefined)) found.push({ field: pathOf(next), type })
      if (inner === undefined) this.#addParts(next, pending)
      else pending.push({ ...next, value: inner, isKey: false })
    }
    return found
  }

  #addParts(above: Place, pending: Place[]): void {
    const { value } = above
    if (typeof value !== 'object' || value === null || isRawJson(value)) return
    if (Array.isArray(value)) {
      for (const [segment, part] of value.entries()) {
        pending.push({ above, segment, key: String(segment), value: part, isKey: false })
      }
      return
    }
    for (const [index, key] of Object.keys(value).entries()) {
      const isField = isFieldName(key)
      const segment = isField ? key : index
      pending.push({ above, segment, key, value: (value as JsonObject)[key] as Json, isKey: false })
      if (!isField || this.#literalTypesOf(key).length > 0) {
        pending.push({ above, segment, key: '', value: key, isKey: true })
      }
    }
  }

  #literalTypesOf(text: string): readonly string[] {
    return this.#literalTypes.of(text, (each) => this.#literalTypesIn(each))
  }

  #typesIn({ key, value, isKey }: Place, isJsonText: boolean): readonly string[] {
    if (value === null || (typeof value === 'object' && !isRawJson(value))) return noTypes
    const text = isRawJson(value) ? value.rawJSON : String(value)
    const literals = this.#literalTypesOf(text)
    if (isJsonText) return literals
    const isNumber = typeof value !== 'string'
    if (isNumber ? isStructuralNumber(key, none) : isId(text) || isStructural(key, text, none)) return literals
    if (isKey && isFieldName(text)) return literals
    if (this.#identities.agentNames.has(text)) return literals
    const spans = this.#spanTypes.of(text, (each) => this.#spanTypesIn(each))
    return spans.length === 0 ? literals : [...new Set([...literals, ...spans])]
  }

  #literalTypesIn(text: string): readonly string[] {
    const types = new Set<string>()
    const seen = unescaped(text)
    for (const form of seen === text ? [text] : [text, seen]) {
      const folded = fold(form)
      for (const { type, folded: literal } of this.#literals) if (standsIn(folded, literal)) types.add(type)
    }
    return types.size === 0 ? noTypes : [...types]
  }

  #spanTypesIn(text: string): readonly string[] {
    const types = new Set<string>()
    // Whatever stands in the escaped form stands in the other one too.
    const seen = unescaped(text)
    const gaps = gapsBetween(this.#replacements(seen), seen.length)
    for (const { type, start, end } of this.#identities.people.find(seen)) {
      if (gaps.some((gap) => start >= gap.start && end <= gap.end)) types.add(type)
    }
    for (const gap of gaps) if (findKnownPhones(seen, gap, this.#identities.phones).length > 0) types.add('PHONE')
    return types.size === 0 ? noTypes : [...types]
  }
}

const noTypes: readonly string[] = []

const none: ReadonlySet<string> = new Set()

/** Names of one word, and numbers written short, stand in other words and numbers too: for those, borders count. */
function isTelling({ type, literal }: Literal): boolean {
  return type === 'NAME' ? /\S\s+\S/.test(literal) && literal.length > 5 : literal.length > 6
}

/** At borders of words, where the literal has letters at its ends. */
function standsIn(text: string, literal: string): boolean {
  for (let at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + 1)) {
    if (!isInWord(text, at) && !isInWord(text, at + literal.length)) return true
  }
  return false
}

function isInWord(text: string, at: number): boolean {
  return at > 0 && /^[\p{L}\p{N}]{2}$/u.test(text.slice(at - 1, at + 1))
}

type JsonObject = { readonly [key: string]: Json }

/** By a loop: there is no bound on how deep a value may be. */
function pathOf(place: Place): string {
  const segments: (string | number)[] = []
  for (let at: Place | undefined = place; at !== undefined; at = at.above) segments.push(at.segment)
  return segments.reverse().join('.')
}
