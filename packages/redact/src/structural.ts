import { toRecordId } from '@custody/model'
import { idKey, reservedPosition, timeKey, wordKeys } from './assumptions.ts'

const word = /^[A-Za-z][A-Za-z0-9_/+.-]{0,63}$/
const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
const instant = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/

/**
 * Whether a value is an id, a word of a fixed list or a time, by its key and by its looks: both have to agree, so that an
 * unknown field, or a known one with something else in it, is treated as text.
 */
export function isStructural(key: string, value: string, alsoKeys: ReadonlySet<string>): boolean {
  if (alsoKeys.has(key)) return word.test(value) || isId(value) || instant.test(value)
  if (wordKeys.has(key)) return word.test(value)
  if (idKey.test(key)) return isId(value)
  return timeKey.test(key) && instant.test(value)
}

/** Whether a number under this key is an id or an instant. */
export function isStructuralNumber(key: string, alsoKeys: ReadonlySet<string>): boolean {
  return alsoKeys.has(key) || idKey.test(key) || timeKey.test(key)
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
  return /^[a-z][A-Za-z0-9_]*$/.test(key)
}
