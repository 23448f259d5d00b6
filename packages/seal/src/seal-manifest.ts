import { isHex256 } from './text-rules.ts'

const HEADER = 'custody-seal-files/v1'
/** Ten thousand files of a history fit. */
export const SEAL_MANIFEST_BYTES_MAX: number = 4 * 1024 * 1024

/** The text of `seal-manifest.note`: the SHA-256 of each other file under `seal/`, by path, in byte order. */
export function encodeSealManifest(digests: ReadonlyMap<string, string>): string {
  // These paths are ASCII, so the order of code units is that of bytes.
  const lines = [...digests.keys()].sort().map((path) => `${digests.get(path)}  ${path}\n`)
  return `${HEADER}\n${lines.join('')}`
}

/** SHA-256 by path. Null unless `encodeSealManifest` would write the very same text. */
export function parseSealManifest(text: string): ReadonlyMap<string, string> | null {
  const digests = new Map<string, string>()
  const [header, ...lines] = text.split('\n')
  if (header !== HEADER || lines.pop() !== '') return null
  let last = ''
  for (const line of lines) {
    const [digest, path] = [line.slice(0, 64), line.slice(66)]
    if (!isHex256(digest) || line.slice(64, 66) !== '  ' || !/^seal\/[\w./-]{1,180}$/.test(path) || path <= last)
      return null
    digests.set(path, digest)
    last = path
  }
  return digests
}
