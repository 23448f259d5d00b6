import type { Json } from './entry.ts'
import { isRawJson } from './raw-json.ts'

export type JsonObject = { readonly [key: string]: Json }

const empty: JsonObject = Object.freeze({})

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJson(value)
}

/** The value as an object; one without keys where it is none. */
export function toObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : empty
}

/** The value as a list; an empty one where it is none. */
export function toList(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}

/** The value as text: a string that is not empty, or a number or boolean as it was written; null otherwise. */
export function toText(value: Json | undefined): string | null {
  if (typeof value === 'string') return value === '' ? null : value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return isRawJson(value) ? value.rawJSON : null
}

/** The first of the named lists that is there and not empty. */
export function firstList(object: JsonObject, keys: readonly string[]): readonly Json[] {
  for (const key of keys) {
    const list = toList(object[key])
    if (list.length > 0) return list
  }
  return []
}
