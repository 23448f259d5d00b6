/** The bytes of canonical standard base64 (RFC 4648 §4: padded, no line breaks, no stray bits), or null. */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : null
}
