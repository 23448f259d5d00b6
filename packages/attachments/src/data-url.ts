import { toMediaType } from './media-type.ts'

/** A file that stands in its own address. */
export interface InlineFile {
  readonly bytes: Uint8Array
  readonly mimeType: string | null
}

/** Reads a `data:` address (RFC 2397) in linear time; null for what is none. Pure. */
export function readDataUrl(address: string): InlineFile | null {
  const start = address.indexOf(':') + 1
  const comma = address.indexOf(',', start)
  if (comma < 0) return null
  const head = address.slice(start, comma)
  const isBase64 = /;\s*base64\s*$/i.test(head.slice(-20))
  const body = unescaped(address.slice(comma + 1))
  const bytes = isBase64 ? fromBase64(body) : body
  // RFC 2397: text, where nothing else is said.
  return bytes && { bytes, mimeType: toMediaType(head) ?? (/^\s*(;|$)/.test(head) ? 'text/plain' : null) }
}

function unescaped(text: string): Buffer {
  const latin1 = Buffer.from(text, 'utf8').toString('latin1')
  const plain = latin1.replace(/%([\da-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(plain, 'latin1')
}

function fromBase64(bytes: Buffer): Buffer | null {
  const text = bytes.toString('latin1').replace(/[\t\n\f\r ]/g, '')
  // Node reads past what does not belong there; a file with holes is none.
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text) || text.replace(/=+$/, '').length % 4 === 1) return null
  return Buffer.from(text, 'base64')
}
