// Crockford's alphabet in lower case: no i, l, o, u, so that nothing is misread and no word is spelled by chance.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** Character class of {@link base32}, for recognising it. */
export const base32Class = '[0-9a-hjkmnp-tv-z]'

/** The first `length` characters of five bits each. */
export function base32(bytes: Uint8Array, length: number): string {
  let text = ''
  let bits = 0
  let buffer = 0
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte
    bits += 8
    while (bits >= 5 && text.length < length) {
      bits -= 5
      text += alphabet[(buffer >>> bits) & 31]
    }
    buffer &= (1 << bits) - 1
    if (text.length === length) break
  }
  return text
}
