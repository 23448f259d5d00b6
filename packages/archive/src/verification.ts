import { createHash } from 'node:crypto'
import { archivePathProblem, printablePath } from '@custody/sinks'
import {
  BAGIT_TXT,
  PART_PATTERN,
  PAYLOAD_MANIFEST,
  PAYLOAD_PREFIX,
  REQUIRED_FILES,
  SEAL_PREFIX,
  TAG_MANIFEST,
} from './bag.ts'
import { bagInfoCheck } from './bag-info-check.ts'
import type { Container } from './container.ts'
import { type FileCheck, wholeText } from './file-check.ts'
import { FileFault, type Findings } from './findings.ts'
import { manifestCheck } from './manifest-check.ts'
import { RecordsCheck } from './records-check.ts'
import type { RunDocument } from './run-document.ts'
import { runSchema } from './schemas.ts'
import type { FileStatus, VerifyOptions, VerifyReport } from './verify-report.ts'

const RUN_MAX_BYTES = 4 * 1024 * 1024

/** One look through the files of a bag: each is read once, and held against manifests, records and run.json. */
export class Verification {
  readonly #container: Container
  readonly #findings: Findings
  readonly #signal: AbortSignal | undefined
  readonly #tell: (path: string, status: FileStatus) => void
  readonly #listed = new Map<string, string>()
  readonly #records: RecordsCheck
  #run: RunDocument | null = null
  #bytes = 0

  constructor(container: Container, findings: Findings, { signal, onFile = () => undefined }: VerifyOptions) {
    this.#container = container
    this.#findings = findings
    this.#signal = signal
    this.#tell = (path, status) => onFile({ path: printablePath(path), status })
    this.#records = new RecordsCheck(findings)
  }

  async run(): Promise<Pick<VerifyReport, 'run' | 'bytes' | 'conversations' | 'tagManifestSha256' | 'recordsRoot'>> {
    const allowed = this.#checkNames()
    // The manifests first: then each file can be judged as it is read.
    const manifests = new Map<string, string | null>()
    for (const manifest of [TAG_MANIFEST, PAYLOAD_MANIFEST]) {
      if (allowed.has(manifest)) manifests.set(manifest, await this.#digest(manifest))
      else this.#findings.add('FILE_MISSING', manifest, 'is not there')
    }
    let recordsSha256: string | undefined
    for (const path of [...allowed].sort()) {
      const sha256 = manifests.has(path) ? (manifests.get(path) ?? null) : await this.#digest(path)
      if (path === 'integrity/records.jsonl' && sha256 !== null) recordsSha256 = sha256
      this.#judge(path, sha256)
    }
    this.#checkPresence(allowed)
    const recordsRoot = this.#records.finish(recordsSha256)
    this.#checkRun(recordsRoot)
    const { conversations } = this.#records
    const tagManifestSha256 = manifests.get(TAG_MANIFEST) ?? null
    return { run: this.#run, bytes: this.#bytes, conversations, tagManifestSha256, recordsRoot }
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
      for await (const chunk of this.#container.read(path)) {
        this.#signal?.throwIfAborted()
        hash.update(chunk)
        check?.push(chunk)
        this.#bytes += chunk.length
      }
    } catch (error) {
      this.#signal?.throwIfAborted()
      this.#findings.add(...faultOf(error, path))
      return null
    }
    check?.end()
    return hash.digest('hex')
  }

  #checkOf(path: string): FileCheck | undefined {
    if (PART_PATTERN.test(path)) return this.#records.part(path)
    switch (path) {
      case PAYLOAD_MANIFEST:
      case TAG_MANIFEST:
        return manifestCheck(path, this.#listed, this.#findings)
      case 'bagit.txt':
        return wholeText(1024, (text) => {
          if (text !== BAGIT_TXT)
            this.#findings.add('BAGIT_TXT', path, 'is not the declaration of a BagIt 1.0 bag in UTF-8')
        })
      case 'bag-info.txt':
        return bagInfoCheck(this.#payloadOxum(), this.#findings)
      case 'run.json':
        return wholeText(RUN_MAX_BYTES, (text, isWhole) => this.#readRun(text, isWhole))
      case 'integrity/records.jsonl':
        return this.#records.records(path)
      case 'integrity/leaves.txt':
        return this.#records.leaves(path)
      default:
        return undefined
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
    }
    this.#tell(path, status)
  }

  #checkPresence(allowed: ReadonlySet<string>): void {
    for (const path of [...this.#listed.keys()].sort()) {
      if (allowed.has(path)) continue
      this.#findings.add('FILE_MISSING', path, 'is in a manifest, but not there')
      if (!this.#container.files.has(path)) this.#tell(path, 'missing')
    }
    for (const path of ['bag-info.txt', ...REQUIRED_FILES]) {
      if (!allowed.has(path) && !this.#listed.has(path)) this.#findings.add('FILE_MISSING', path, 'is not there')
    }
  }

  #payloadOxum(): string {
    let bytes = 0
    let files = 0
    for (const [path, size] of this.#container.files) {
      if (!path.startsWith(PAYLOAD_PREFIX)) continue
      bytes += size
      files += 1
    }
    return `${bytes}.${files}`
  }

  #readRun(text: string, isWhole: boolean): void {
    try {
      const parsed = runSchema.safeParse(isWhole ? JSON.parse(text) : undefined)
      if (parsed.success) this.#run = parsed.data
      else this.#findings.add('RUN_JSON', 'run.json', 'is not in the form of its schema')
    } catch {
      this.#findings.add('RUN_JSON', 'run.json', 'is no JSON')
    }
  }

  #checkRun(recordsRoot: string): void {
    if (this.#run === null) return
    const refuse = (code: string, message: string): void => this.#findings.add(code, 'run.json', message)
    const { counts, payloadOxum } = this.#run
    if (counts.conversations !== this.#records.conversations) {
      refuse(
        'RUN_COUNTS',
        `says ${counts.conversations} conversations; the master has ${this.#records.conversations} lines`,
      )
    }
    if (payloadOxum !== this.#payloadOxum()) refuse('PAYLOAD_OXUM', 'says another size of the payload')
    if (this.#run.recordsRoot !== recordsRoot) refuse('RECORDS_ROOT', 'says another root over the records')
  }
}

function faultOf(error: unknown, path: string): [code: string, path: string, message: string] {
  if (error instanceof FileFault) return [error.code, path, error.message]
  const code = (error as NodeJS.ErrnoException).code
  // What is no fault of the file system is a fault of ours, and must not pass for a finding.
  if (code === undefined) throw error
  return ['FILE_UNREADABLE', path, `cannot be read (${code})`]
}
