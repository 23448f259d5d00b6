import type { Instant, Window } from '@custody/model'
import type { Amends } from './amendments-report.ts'
import type { AmendmentCounts } from './amendments-writer.ts'
import type { ArchiveCounts, ArchiveFormat, ArchiveMode, ArchiveVerdict } from './options.ts'

/** `run.json`: what was asked and what came of it. Its fields are explained in `schema/run.schema.json`. */
export interface RunDocument {
  readonly v: 1
  readonly archive: string
  readonly org: string
  readonly window: Window
  /** Which archive it amends, and how many entries are of which kind; absent for an archive of its own. */
  readonly amends?: (Pick<Amends, 'archive' | 'number'> & AmendmentCounts) | undefined
  readonly mode: ArchiveMode
  readonly formats: readonly ArchiveFormat[]
  readonly verdict: ArchiveVerdict
  readonly counts: ArchiveCounts
  /** How many conversations were erased from the archive since; absent without an erasure. `counts` stay those of the run. */
  readonly erased?: number | undefined
  readonly payloadOxum: string
  readonly recordsRoot: string
  readonly finishedAt: Instant
  readonly run: {
    readonly runId: string
    readonly tool: string
    readonly startedAt: Instant
    readonly [fact: string]: unknown
  }
}
