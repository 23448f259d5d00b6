import type { Finding } from './findings.ts'
import type { ArchiveContainer } from './options.ts'
import type { CheckDepth } from './read-block.ts'
import type { RunDocument } from './run-document.ts'
import type { SealReport, SealTrust } from './seal-check.ts'

/**
 * - `listed`: as its manifest says.
 * - `changed`: other bytes than its manifest says.
 * - `missing`: in a manifest, but not there.
 * - `extra`: there, but in no manifest.
 * - `refused`: its name or its form is not allowed; it was not read, or not to its end.
 */
export type FileStatus = 'listed' | 'changed' | 'missing' | 'extra' | 'refused'

/** How deep an archive is read, and what its seal is held against. */
export interface VerifyOptions extends SealTrust {
  readonly signal?: AbortSignal
  /** Called for each file, once. The path is escaped and cut, as it may be printed. */
  readonly onFile?: (file: { readonly path: string; readonly status: FileStatus }) => void
  /** The most files an archive may have. @defaultValue 1,000,000 */
  readonly maxFiles?: number
  /**
   * `bytes`: every hash, the records and what counts without reading conversations. `content`: also every line of JSON, the
   * tables and counts against the master; takes two to three times as long.
   * @defaultValue `'content'`
   */
  readonly depth?: CheckDepth
  /**
   * Threads that read conversations besides the one that asks; at depth `content`, and for a master of 8 MiB or more. The report is
   * the same for any number. Each takes about 60 MB. At most one for each core.
   * @defaultValue 1; 0 where there is but one core
   */
  readonly jobs?: number
}

/** What reading an archive back found. `files` and `bytes` count what was hashed. */
export interface VerifyReport {
  /** `valid`: complete and unchanged, by its own manifests. Who wrote them, only a seal can tell. */
  readonly verdict: 'valid' | 'findings'
  readonly path: string
  readonly container: ArchiveContainer
  /** What the archive says of itself; null when its run.json cannot be read. */
  readonly run: RunDocument | null
  /** Files there, and the bytes of those that were read. */
  readonly files: number
  readonly bytes: number
  /** Lines of the master, those of erased conversations included. */
  readonly conversations: number
  /** How many of them were erased. */
  readonly erased: number
  /** What identifies the archive; null when the file is not there. */
  readonly tagManifestSha256: string | null
  /** Root over `integrity/leaves.txt`. */
  readonly recordsRoot: string
  /** What its seal says; null for one that bears none, or none that can be read. */
  readonly seal: SealReport | null
  readonly findings: readonly Finding[]
  /** Findings over the first 10,000, which are counted only. */
  readonly findingsOmitted: number
}
