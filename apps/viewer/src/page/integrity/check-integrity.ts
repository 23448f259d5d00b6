import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { ArchiveFiles } from './archive-files.ts'
import { type Manifest, parseManifest, parseNote, parsePem, parseSealText } from './manifests.ts'
import { type SignatureState, verifyEd25519 } from './signature.ts'

const PAYLOAD_MANIFEST = 'manifest-sha256.txt'
const TAG_MANIFEST = 'tagmanifest-sha256.txt'
const PAYLOAD = 'data/'
const SEAL = 'seal/'
/** Read as a whole: manifests, seal, key. None is a tenth of it. */
const TEXT_MAX = 256 * 1024 * 1024

export interface FileProblem {
  readonly path: string
  readonly what: 'changed' | 'missing' | 'in no manifest' | 'unreadable' | 'malformed'
}

/** What the browser found out by itself. */
export interface IntegrityReport {
  readonly files: number
  readonly bytes: number
  readonly problems: readonly FileProblem[]
  /** Null where the archive has no seal. */
  readonly seal: SealReport | null
}

export interface SealReport {
  /** The lines of seal.txt. */
  readonly fields: readonly (readonly [key: string, value: string])[]
  readonly signature: SignatureState
  /** Of `seal-manifest.note`, which lists the files of the seal. */
  readonly listSignature: SignatureState
  /** `sha256:<hex>`, as `custody keys list` prints it; null where the key cannot be read. */
  readonly fingerprint: string | null
  /** Whether it seals these very files: hash of the tag manifest, bytes and number of files under data/. */
  readonly sealsThis: boolean
}

export interface IntegrityOptions {
  readonly onProgress?: (done: { readonly files: number; readonly bytes: number; readonly allBytes: number }) => void
  readonly signal?: AbortSignal
}

/** Hashes every file, holds the hashes against the manifests both ways, and looks at the seal. Holds a piece of a file at a time. */
export async function checkIntegrity(
  archive: ArchiveFiles,
  { onProgress = () => undefined, signal }: IntegrityOptions = {},
): Promise<IntegrityReport> {
  const { sizes } = archive
  const problems: FileProblem[] = []
  const manifest = await readManifest(PAYLOAD_MANIFEST, (path) => path.startsWith(PAYLOAD))
  const tags = await readManifest(
    TAG_MANIFEST,
    (path) => path !== '' && !path.startsWith(PAYLOAD) && !path.startsWith(SEAL),
  )
  const sealNote = sizes.has(`${SEAL}seal-manifest.note`) ? parseNote(await textOf(`${SEAL}seal-manifest.note`)) : null
  const sealed = parseManifest(sealNote?.text.replace(/^.*\n/, '') ?? '', (path) => path.startsWith(SEAL))
  const listed = new Map([...tags.digests, ...sealed.digests, ...manifest.digests])

  for (const path of listed.keys()) if (!sizes.has(path)) problems.push({ path, what: 'missing' })
  const unlisted = new Set([TAG_MANIFEST, `${SEAL}seal-manifest.note`])
  const allBytes = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  const payload = { bytes: 0, files: 0 }
  let tagManifestSha256 = ''
  let [files, bytes] = [0, 0]
  for (const [path] of [...sizes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    signal?.throwIfAborted()
    let found: { readonly digest: string; readonly bytes: number }
    try {
      found = await hashOf(path)
    } catch (error) {
      if (signal?.aborted) throw error
      problems.push({ path, what: 'unreadable' })
      continue
    }
    files += 1
    if (path.startsWith(PAYLOAD)) {
      payload.files += 1
      payload.bytes += found.bytes
    }
    if (path === TAG_MANIFEST) tagManifestSha256 = found.digest
    const wanted = listed.get(path)
    if (wanted === undefined && !unlisted.has(path)) problems.push({ path, what: 'in no manifest' })
    else if (wanted !== undefined && wanted !== found.digest) problems.push({ path, what: 'changed' })
  }
  const hasSeal = [...sizes.keys()].some((path) => path.startsWith(SEAL))
  const seal = hasSeal ? await sealReport() : null
  return { files, bytes, problems: problems.sort((a, b) => (a.path < b.path ? -1 : 1)), seal }

  async function sealReport(): Promise<SealReport> {
    const text = await bytesOf(`${SEAL}seal.txt`)
    const fields = parseSealText(new TextDecoder().decode(text))
    const value = (key: string): string | undefined => fields.find(([name]) => name === key)?.[1]
    const key = parsePem(await textOf(`${SEAL}signer.pub`))
    const signature = await bytesOf(`${SEAL}seal.txt.ed25519`)
    const list = sealNote && new TextEncoder().encode(sealNote.text)
    return {
      fields,
      signature: await verifyEd25519(key, text, signature),
      listSignature: list && sealNote ? await verifyEd25519(key, list, sealNote.signature) : 'wrong',
      fingerprint: key && `sha256:${bytesToHex(sha256(key))}`,
      sealsThis:
        value('tagmanifest-sha256') === tagManifestSha256 &&
        value('payload-oxum') === `${payload.bytes}.${payload.files}`,
    }
  }

  async function readManifest(path: string, mayList: (path: string) => boolean): Promise<Manifest> {
    const read = parseManifest(await textOf(path), mayList)
    if (!sizes.has(path)) problems.push({ path, what: 'missing' })
    else if (read.malformed > 0) problems.push({ path, what: 'malformed' })
    return read
  }

  async function hashOf(path: string): Promise<{ readonly digest: string; readonly bytes: number }> {
    const hash = sha256.create()
    let length = 0
    for await (const chunk of archive.read(path)) {
      signal?.throwIfAborted()
      hash.update(chunk)
      length += chunk.length
      bytes += chunk.length
      onProgress({ files, bytes, allBytes })
    }
    return { digest: bytesToHex(hash.digest()), bytes: length }
  }

  async function bytesOf(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const size = sizes.get(path) ?? 0
    if (size > TEXT_MAX) throw new RangeError(`${path} is too long`)
    const pieces: Uint8Array[] = []
    if (size > 0) for await (const chunk of archive.read(path)) pieces.push(chunk)
    const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const piece of pieces) {
      all.set(piece, at)
      at += piece.length
    }
    return all
  }

  async function textOf(path: string): Promise<string> {
    return new TextDecoder().decode(await bytesOf(path))
  }
}
