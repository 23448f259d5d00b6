/** A media type in lower case without its parameters, `image/png`; null for what is none. */
export function toMediaType(value: string | null | undefined): string | null {
  const [essence = ''] = (value ?? '').split(';', 1)
  const type = essence.trim().toLowerCase()
  if (type.length > maxLength) return null
  return /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/.test(type) ? type : null
}

/** Longer than any that is registered. */
const maxLength = 255
