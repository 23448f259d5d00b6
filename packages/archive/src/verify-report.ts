import type { Finding } from './findings.ts'
import type { ArchiveContainer } from './options.ts'
import type { RunDocument } from './run-document.ts'

/**
 * - `listed`: as its manifest says.
 * - `changed`: other bytes than its manifest says.
 * - `missing`: in a manifest, but not there.
 * - `extra`: there, but in no manifest.
 * - `refused`: its name or its form is not allowed; it was not read, or not to its end.
 */
export type FileStatus = 'listed' | 'changed' | 'missing' | 'extra' | 'refused'

export interface VerifyOptions {
  readonly signal?: AbortSignal
  /** Called for each file, once. The path is escaped and cut, as it may be printed. */
  readonly onFile?: (file: { readonly path: string; readonly status: FileStatus }) => void
  /** The most files an archive may have. @defaultValue 1,000,000 */
  readonly maxFiles?: number
}

export interface VerifyReport {
  /** `valid`: complete and unchanged, by its own manifests. Who wrote them, only a seal can tell. */
  readonly verdict: 'valid' | 'findings'
  readonly path: string
  readonly container: ArchiveContainer
  /** What the archive says of itself; null when its run.json cannot be read. */
  readonly run: Pick<RunDocument, 'archive' | 'org' | 'window' | 'mode' | 'verdict' | 'counts'> | null
  /** Files there, and the bytes of those that were read. */
  readonly files: number
  readonly bytes: number
  /** Lines of the master. */
  readonly conversations: number
  /** What identifies the archive; null when the file is not there. */
  readonly tagManifestSha256: string | null
  /** Root over `integrity/leaves.txt`. */
  readonly recordsRoot: string
  readonly findings: readonly Finding[]
  /** Findings over the first 10,000, which are counted only. */
  readonly findingsOmitted: number
}
