/**
 * Which of some texts stand among bytes, and how: as UTF-8 or UTF-16, in base64 at any of its three offsets, in hex, percent-encoded,
 * escaped for JSON or HTML.
 */
export function formsIn(bytes: Buffer, texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) =>
    Object.entries(formsOf(text))
      .filter(([, form]) => form.length > 3 && bytes.includes(form))
      .map(([name]) => `${name} of ${text}`),
  )
}

function formsOf(text: string): Readonly<Record<string, Buffer>> {
  const plain = Buffer.from(text)
  const wide = Buffer.from(text, 'utf16le')
  return {
    utf8: plain,
    utf16: wide,
    utf16be: Buffer.from(wide).swap16(),
    ...Object.fromEntries([0, 1, 2].map((offset) => [`base64 at ${offset}`, base64At(plain, offset)])),
    hex: Buffer.from(plain.toString('hex')),
    url: Buffer.from(encodeURIComponent(text)),
    form: Buffer.from(new URLSearchParams([['', text]]).toString().slice(1)),
    json: Buffer.from(JSON.stringify(text).slice(1, -1)),
    ascii: Buffer.from(escapedToAscii(text)),
    html: Buffer.from(text.replaceAll('&', '&amp;').replaceAll("'", '&#39;').replaceAll('<', '&lt;')),
  }
}

/** What of a text stands in base64 for certain, whatever stands before and behind it. */
function base64At(plain: Buffer, offset: number): Buffer {
  const encoded = Buffer.concat([Buffer.alloc(offset), plain])
    .toString('base64')
    .replace(/=+$/, '')
  const first = offset === 0 ? 0 : offset + 1
  return Buffer.from(encoded.slice(first, encoded.length - 1))
}

function escapedToAscii(text: string): string {
  return Array.from({ length: text.length }, (_, index) => {
    const unit = text.charCodeAt(index)
    return unit < 128 ? text.charAt(index) : `\\u${unit.toString(16).padStart(4, '0')}`
  }).join('')
}
