import { wordKeys } from './assumptions.ts'
import type { Json } from './entry.ts'
import { isObject, toText } from './json-parts.ts'

/**
 * Every text that stands under a name people's words stand under, at any depth, in document order. For payloads whose shape
 * nobody has documented.
 */
export function words(value: Json): string[] {
  const found: string[] = []
  // A stack of our own: payloads may be nested deeper than the engine's.
  const pending: { readonly key: string; readonly value: Json }[] = [{ key: '', value }]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { key, value } = next
    if (Array.isArray(value)) {
      for (let index = value.length - 1; index >= 0; index -= 1) pending.push({ key, value: value[index] })
    } else if (isObject(value)) {
      for (const [key, part] of Object.entries(value).reverse()) pending.push({ key, value: part })
    } else if (wordKeys.has(key)) {
      const text = toText(value)
      if (text !== null) found.push(text)
    }
  }
  return found
}
