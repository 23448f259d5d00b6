import { createHash } from 'node:crypto'
import { PART_PATTERN, PAYLOAD_MANIFEST, SEAL_PREFIX, TAG_MANIFEST } from './bag.ts'
import { type Container, openContainer } from './container.ts'
import { changed } from './erase-refusals.ts'
import { FileFault, Findings } from './findings.ts'
import type { VerifyReport } from './verify-report.ts'

const filesAllowed = 1_000_000

/**
 * The files of an archive that was verified, read again. Each is held against its manifest once more: what was changed in
 * between is refused, not copied.
 */
export class SourceBag {
  readonly path: string
  readonly #container: Container
  readonly #listed = new Map<string, string>()
  readonly #signal: AbortSignal | undefined

  private constructor(path: string, container: Container, signal: AbortSignal | undefined) {
    this.path = path
    this.#container = container
    this.#signal = signal
  }

  static async open(path: string, { tagManifestSha256 }: VerifyReport, signal?: AbortSignal): Promise<SourceBag> {
    const findings = new Findings()
    const container = await openContainer(path, { files: filesAllowed }, findings)
    const bag = new SourceBag(path, container, signal)
    try {
      if (findings.list.length > 0 || tagManifestSha256 === null) throw changed(path, null)
      bag.#listed.set(TAG_MANIFEST, tagManifestSha256)
      for (const manifest of [TAG_MANIFEST, PAYLOAD_MANIFEST]) {
        for (const line of (await bag.text(manifest)).split('\n').slice(0, -1)) {
          bag.#listed.set(line.slice(66), line.slice(0, 64))
        }
      }
      return bag
    } catch (error) {
      await container.close()
      throw error
    }
  }

  get kind(): Container['kind'] {
    return this.#container.kind
  }

  /** Path and bytes, in byte order of the paths. */
  files(): [path: string, bytes: number][] {
    return [...this.#container.files].sort(([a], [b]) => (a < b ? -1 : 1))
  }

  has(path: string): boolean {
    return this.#container.files.has(path)
  }

  /** The parts of the master, in order. */
  parts(): string[] {
    return this.files().flatMap(([path]) => (PART_PATTERN.test(path) ? [path] : []))
  }

  get isSealed(): boolean {
    return this.files().some(([path]) => path.startsWith(SEAL_PREFIX))
  }

  /**
   * A file, piece by piece.
   * @throws CustodyError `ARCHIVE_CHANGED` at its end where it is not what the manifest says
   */
  async *read(path: string): AsyncGenerator<Buffer, void, undefined> {
    const hash = createHash('sha256')
    try {
      for await (const chunk of this.#container.read(path)) {
        this.#signal?.throwIfAborted()
        hash.update(chunk)
        yield chunk
      }
    } catch (error) {
      throw error instanceof FileFault ? changed(this.path, path) : error
    }
    if (this.#listed.get(path) !== hash.digest('hex')) throw changed(this.path, path)
  }

  async text(path: string): Promise<string> {
    const chunks: Buffer[] = []
    for await (const chunk of this.read(path)) chunks.push(chunk)
    return Buffer.concat(chunks).toString('utf8')
  }

  close(): Promise<void> {
    return this.#container.close()
  }
}
