import { createHash } from 'node:crypto'
import { archivePathProblem, printablePath } from '@custody/sinks'
import { BAGIT_TXT, PAYLOAD_MANIFEST, PAYLOAD_PREFIX, SEAL_PREFIX, TAG_MANIFEST } from './bag.ts'
import type { Container } from './container.ts'
import { ContentChecks } from './content-checks.ts'
import { type FileCheck, wholeText } from './file-check.ts'
import { FileFault, type Findings } from './findings.ts'
import { isKnownFile, readingOrder, requiredFiles, unexpectedFiles } from './known-files.ts'
import { manifestCheck } from './manifest-check.ts'
import { pieceMemory } from './read-range.ts'
import type { SealTrust } from './seal-check.ts'
import type { FileStatus, VerifyOptions, VerifyReport } from './verify-report.ts'

/** One look through the files of a bag: each is read once, and held against manifests and the other files. */
export class Verification {
  readonly #container: Container
  readonly #findings: Findings
  readonly #signal: AbortSignal | undefined
  readonly #tell: (path: string, status: FileStatus) => void
  readonly #listed = new Map<string, string>()
  readonly #content: ContentChecks
  readonly #trust: SealTrust
  readonly #memory = pieceMemory()
  #bytes = 0

  constructor(container: Container, findings: Findings, options: VerifyOptions) {
    const { signal, onFile = () => undefined } = options
    this.#container = container
    this.#findings = findings
    this.#signal = signal
    this.#trust = options
    this.#tell = (path, status) => onFile({ path: printablePath(path), status })
    this.#content = new ContentChecks(container.files, payloadOxumOf(container.files), options, findings)
  }

  /** Has to be called, however `run` ends. */
  async close(): Promise<void> {
    await this.#content.close()
  }

  async run(): Promise<
    Pick<VerifyReport, 'run' | 'bytes' | 'conversations' | 'erased' | 'tagManifestSha256' | 'recordsRoot' | 'seal'>
  > {
    const allowed = this.#checkNames()
    const order = readingOrder(allowed)
    // The manifests first: then each file can be judged as it is read.
    const manifests = new Map<string, string | null>()
    for (const manifest of [TAG_MANIFEST, PAYLOAD_MANIFEST]) {
      if (allowed.has(manifest)) manifests.set(manifest, await this.#digest(manifest))
      else this.#findings.add('FILE_MISSING', manifest, 'is not there')
    }
    for (const path of order) {
      const sha256 = manifests.has(path) ? (manifests.get(path) ?? null) : await this.#digest(path)
      if (sha256 !== null) this.#content.digest(path, sha256)
      this.#judge(path, sha256)
    }
    this.#checkPresence(allowed)
    const tagManifestSha256 = manifests.get(TAG_MANIFEST) ?? null
    return { bytes: this.#bytes, tagManifestSha256, ...(await this.#content.finish(tagManifestSha256, this.#trust)) }
  }

  /** Gives the files with an allowed name. Two names that differ by case only are one on half of the world's disks. */
  #checkNames(): Set<string> {
    const allowed = new Set<string>()
    const seen = new Set<string>()
    for (const path of [...this.#container.files.keys()].sort()) {
      const problem = archivePathProblem(path)
      const key = path.toLowerCase()
      if (problem !== null) this.#findings.add('PATH', path, problem)
      else if (seen.has(key)) this.#findings.add('PATH_DUPLICATE', path, 'is there twice, by names that differ in case')
      else if (key === 'fetch.txt') this.#findings.add('FETCH_REFUSED', path, 'would take files from elsewhere')
      else allowed.add(path)
      seen.add(key)
      if (!allowed.has(path)) this.#tell(path, 'refused')
    }
    return allowed
  }

  /** Reads a file once, through its check and the hash. Null where it cannot be read. */
  async #digest(path: string): Promise<string | null> {
    const hash = createHash('sha256')
    const check = this.#checkOf(path)
    try {
      for await (const chunk of this.#container.read(path, this.#memory)) {
        this.#signal?.throwIfAborted()
        hash.update(chunk)
        await check?.push(chunk)
        this.#bytes += chunk.length
      }
    } catch (error) {
      this.#signal?.throwIfAborted()
      const fault = faultOf(error, path)
      await check?.cut?.()
      this.#findings.add(...fault)
      return null
    }
    await check?.end()
    return hash.digest('hex')
  }

  #checkOf(path: string): FileCheck | undefined {
    switch (path) {
      case PAYLOAD_MANIFEST:
      case TAG_MANIFEST:
        return manifestCheck(path, this.#listed, this.#findings)
      case 'bagit.txt':
        return wholeText(1024, (text) => {
          if (text !== BAGIT_TXT)
            this.#findings.add('BAGIT_TXT', path, 'is not the declaration of a BagIt 1.0 bag in UTF-8')
        })
      default:
        return this.#content.of(path)
    }
  }

  #judge(path: string, sha256: string | null): void {
    const expected = this.#listed.get(path)
    const needsNoEntry = path === TAG_MANIFEST || path.startsWith(SEAL_PREFIX)
    let status: FileStatus = 'listed'
    if (sha256 === null) status = 'refused'
    else if (expected === undefined && !needsNoEntry) {
      status = 'extra'
      this.#findings.add('FILE_NOT_LISTED', path, 'is in no manifest')
    } else if (expected !== undefined && expected !== sha256) {
      status = 'changed'
      this.#findings.add('FILE_CHANGED', path, 'has other bytes than its manifest says')
    }
    if (/^(?:tag)?manifest-[^/]*$/.test(path) && path !== PAYLOAD_MANIFEST && path !== TAG_MANIFEST) {
      this.#findings.add('MANIFEST_UNKNOWN', path, 'is a manifest of a kind that these archives do not have')
    } else if (expected !== undefined && !isKnownFile(path)) {
      this.#findings.add('FILE_UNKNOWN', path, 'is listed, but no file that these archives have')
    }
    this.#tell(path, status)
  }

  #checkPresence(allowed: ReadonlySet<string>): void {
    for (const path of [...this.#listed.keys()].sort()) {
      if (allowed.has(path)) continue
      this.#findings.add('FILE_MISSING', path, 'is in a manifest, but not there')
      if (!this.#container.files.has(path)) this.#tell(path, 'missing')
    }
    const { run } = this.#content
    for (const path of requiredFiles(run, allowed)) {
      if (!allowed.has(path) && !this.#listed.has(path)) this.#findings.add('FILE_MISSING', path, 'is not there')
    }
    for (const path of unexpectedFiles(run, allowed)) {
      this.#findings.add('FILE_UNEXPECTED', path, 'is there, though run.json says that the archive has none')
    }
  }
}

function payloadOxumOf(files: ReadonlyMap<string, number>): string {
  let bytes = 0
  let count = 0
  for (const [path, size] of files) {
    if (!path.startsWith(PAYLOAD_PREFIX)) continue
    bytes += size
    count += 1
  }
  return `${bytes}.${count}`
}

function faultOf(error: unknown, path: string): [code: string, path: string, message: string] {
  if (error instanceof FileFault) return [error.code, path, error.message]
  const code = (error as NodeJS.ErrnoException).code
  // What is no fault of the file system is a fault of ours, and must not pass for a finding.
  if (code === undefined) throw error
  return ['FILE_UNREADABLE', path, `cannot be read (${code})`]
}
