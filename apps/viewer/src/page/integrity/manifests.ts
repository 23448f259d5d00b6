/** A manifest in the form of `sha256sum`. */
export interface Manifest {
  /** SHA-256 in lower-case hexadecimal, by path. */
  readonly digests: ReadonlyMap<string, string>
  /** Lines that are none. */
  readonly malformed: number
}

/** `mayList`: what it may say something of; a line about anything else is none of its lines. */
export function parseManifest(text: string, mayList: (path: string) => boolean): Manifest {
  const digests = new Map<string, string>()
  let malformed = 0
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [, digest = '', path = ''] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? []
    if (!mayList(path) || digests.has(path)) malformed += 1
    else digests.set(path, digest)
  }
  return { digests, malformed }
}

/** `key value` lines, in their order. */
export function parseSealText(text: string): readonly (readonly [key: string, value: string])[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const space = line.indexOf(' ')
      return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)]
    })
}

/** A signed note with one signature (https://c2sp.org/signed-note): its text, and the 64 bytes of an Ed25519 signature. */
export function parseNote(note: string): { readonly text: string; readonly signature: Uint8Array<ArrayBuffer> } | null {
  const end = note.lastIndexOf('\n\n')
  const [, base64 = ''] = /^— [^\s+]+ ([A-Za-z0-9+/=]+)\n$/.exec(note.slice(end + 2)) ?? []
  const bytes = decodeBase64(base64)
  // The first four bytes name the key.
  return end < 0 || bytes?.length !== 68 ? null : { text: note.slice(0, end + 1), signature: bytes.slice(4) }
}

/** The DER of a public key in PEM. */
export function parsePem(pem: string): Uint8Array<ArrayBuffer> | null {
  const [, base64 = ''] =
    /^-----BEGIN PUBLIC KEY-----\s+([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/.exec(pem) ?? []
  return decodeBase64(base64.replace(/\s+/g, ''))
}

function decodeBase64(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return base64 === '' ? null : Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  } catch {
    return null
  }
}
