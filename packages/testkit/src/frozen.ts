import { serialize } from 'node:v8'

/** Freezes a value and everything in it, so that whoever writes to it throws. Bytes cannot be frozen, see {@link fingerprint}. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const key of Reflect.ownKeys(value)) deepFreeze(Reflect.get(value, key))
  return value
}

/** Changes with any part of the value that freezing cannot protect; null where a value cannot be written down. */
export function fingerprint(value: unknown): string | null {
  try {
    return serialize(value).toString('base64')
  } catch {
    return null
  }
}
