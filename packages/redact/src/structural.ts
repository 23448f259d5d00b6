import { toRecordId } from '@custody/model'
import { idKey, reservedPosition, timeKey, wordKeys } from './assumptions.ts'
import { Remembered } from './remembered.ts'

const word = /^[A-Za-z][A-Za-z0-9_/+.-]{0,63}$/
const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
const instant = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/

/**
 * Whether a value is an id, a word of a fixed list or a time, by its key and by its looks: both have to agree, so that an
 * unknown field, or a known one with something else in it, is treated as text.
 */
export function isStructural(key: string, value: string, alsoKeys: ReadonlySet<string>): boolean {
  if (alsoKeys.has(key)) return word.test(value) || isId(value) || instant.test(value)
  const { holdsWords, holdsIds, holdsTimes } = factsOf(key)
  if (holdsWords) return word.test(value)
  if (holdsIds) return isId(value)
  return holdsTimes && instant.test(value)
}

/** Whether a number under this key is an id or an instant. */
export function isStructuralNumber(key: string, alsoKeys: ReadonlySet<string>): boolean {
  const { holdsIds, holdsTimes } = factsOf(key)
  return alsoKeys.has(key) || holdsIds || holdsTimes
}

/** A UUID or a record id. */
export function isId(value: string): boolean {
  return value.length === 36 ? uuid.test(value) : isRecordId(value)
}

/** The long form proves itself by its last three characters. */
function isRecordId(value: string): boolean {
  if (value.length === 18) return toRecordId(value.slice(0, 15)) === value
  return value.length === 15 && value[reservedPosition] === '0' && toRecordId(value) !== null && /[A-Za-z]/.test(value)
}

/**
 * Whether a key is the plain name of a field. Any other, as a key made of somebody's answer, is text. A field called `grace`
 * is not renamed because of an end user called Grace: that would break payloads for people called Title.
 */
export function isFieldName(key: string): boolean {
  return factsOf(key).isFieldName
}

interface KeyFacts {
  readonly isFieldName: boolean
  readonly holdsWords: boolean
  readonly holdsIds: boolean
  readonly holdsTimes: boolean
}

const maximumKeys = 2000
const maximumKeyLength = 100
const factsByKey = new Remembered<KeyFacts>(maximumKeys, maximumKeyLength)

/** The same keys stand in every payload: expressions look at each once. */
function factsOf(key: string): KeyFacts {
  return factsByKey.of(key, readFacts)
}

function readFacts(key: string): KeyFacts {
  return {
    isFieldName: /^[a-z][A-Za-z0-9_]*$/.test(key),
    holdsWords: wordKeys.has(key),
    holdsIds: idKey.test(key),
    holdsTimes: timeKey.test(key),
  }
}
