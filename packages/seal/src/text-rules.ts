// The spellings that all texts of this package share. A value has one spelling, so that texts can be compared as bytes.

/** 32 bytes as lower-case hex. */
export function isHex256(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}

/** A whole number from 0, without leading zeros, that a double holds exactly. */
export function isDecimal(text: string): boolean {
  return /^(0|[1-9]\d{0,15})$/.test(text) && Number.isSafeInteger(Number(text))
}

/** ISO 8601 in UTC with milliseconds, of a day that exists. */
export function isInstant(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) return false
  const time = new Date(text)
  return !Number.isNaN(time.getTime()) && time.toISOString() === text
}

/** The text of UTF-8 (a byte order mark is part of it), or null. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

/** The text of bytes that should be ASCII. Others become characters that no text of this package allows. */
export function decodeAscii(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
