import type { Instant, Json, Window } from '@custody/model'
import type { Clock } from '@custody/pipeline'
import type { Amends } from './amendments-report.ts'
import type { MakeSeal } from './make-seal.ts'
import type { Pages } from './page.ts'

/** `plain`: as received. `redacted`: a redaction policy was applied before. */
export type ArchiveMode = 'plain' | 'redacted'

/** How an archive lies on disk: one ZIP, or a folder. */
export type ArchiveContainer = 'zip' | 'folder'

/** In the order in which run.json names them. */
export const archiveFormats = ['jsonl', 'csv', 'html'] as const

/** What else an archive may hold beside the master. */
export type ArchiveFormat = (typeof archiveFormats)[number]

/** Where an archive goes, what it covers, and what it states about its making. */
export interface ArchiveOptions {
  /** Where archives stand. Made when it is not there. */
  readonly directory: string
  /** Letters, digits, `.`, `-`, `_`. Names the org in file names and in the archive. At most 60 characters. */
  readonly org: string
  /** What was asked for: half-open, UTC. */
  readonly window: Window
  /** File name without `.zip`. @defaultValue `<org>-<from>--<to>`, as dates where they are midnights UTC; see `amends` */
  readonly name?: string
  /** @defaultValue `'zip'` */
  readonly container?: ArchiveContainer
  /**
   * The JSONL master is always written; `csv` adds tables for reading, `html` transcripts to be read in a browser.
   * @defaultValue `['jsonl']`
   */
  readonly formats?: readonly ArchiveFormat[]
  readonly mode: ArchiveMode
  /**
   * The org's secret that salts are derived from, at least 16 bytes, better 32: keep it, for a rerun writes the same bytes
   * only with the same key. It is not written anywhere.
   */
  readonly key: Uint8Array
  /** Whether CSV files begin with a byte order mark, which some spreadsheets need to see UTF-8. @defaultValue false */
  readonly csvBom?: boolean
  /**
   * Where a part of the master is cut, in bytes; a longer line gets a part of its own.
   * @defaultValue 268,435,456 (256 MiB), so that no file nears 4 GiB
   */
  readonly partBytes?: number
  /** Facts of the run, for `run.json`. They are printed there as they are: nothing secret. */
  readonly run: RunFacts
  /** Facts that are known only at the end, for `run.json` too. */
  readonly finalFacts?: () => Readonly<Record<string, Json>>
  /**
   * `refuse`: an archive of that name ends the run before anything is written. `replace`: the old one stays until the new
   * one is whole.
   * @defaultValue `'refuse'`
   */
  readonly ifExists?: 'refuse' | 'replace'
  /** Where the file of a SHA-256 stands that was fetched for a message. Needed when messages carry files. */
  readonly attachmentPlace?: (sha256: string) => string
  /** Seals the archive once all else is written. @defaultValue none: nobody can tell who made the archive, nor when */
  readonly seal?: MakeSeal
  /**
   * This run's part of the audit log, for `audit/audit.jsonl`: lines that end with LF. Asked for once all else is known, before the
   * seal.
   */
  readonly audit?: (made: Pick<ArchiveResult, 'verdict' | 'counts' | 'recordsRoot'>) => Promise<string>
  /** Who makes the pages. Without `report` the archive has no report.html; the format `html` needs `transcripts`. @defaultValue none */
  readonly pages?: Pages
  readonly clock?: Clock
  /**
   * Makes it an amendment of an earlier archive: only entries that are late or changed are in the master, and
   * `data/reports/amendments.csv` says what of them. Gives the name, so `name` is left out.
   * @defaultValue none: an archive of its own
   */
  readonly amends?: Amends
  /** Called once the archive stands under its name. */
  readonly onWritten?: (result: ArchiveResult) => void
}

/** What the caller tells about the run. Anything else that is JSON may be added. */
export interface RunFacts {
  /** Letters, digits, `.`, `-`, `_`: it is part of temporary names. */
  readonly runId: string
  /** Name and version, e.g. `custody/1.0.0`: printable ASCII, at most 60 characters. */
  readonly tool: string
  readonly startedAt: Instant
  readonly [fact: string]: Json | undefined
}

/**
 * - `complete`: every conversation of the census is accounted for by an independent count and by a second source.
 * - `counted`: by an independent count alone, at least one of them. Salesforce counts the messages of agents and end users: what
 *   else there was, of bots and events, rests on one source.
 * - `incomplete`: `gaps.csv` has rows.
 * - `empty`: no conversation and no gap.
 */
export type ArchiveVerdict = 'complete' | 'counted' | 'incomplete' | 'empty'

/**
 * What stands in an archive and what does not, as `run.json` states it. Conversations, entries and files are counted
 * as archived.
 */
export interface ArchiveCounts {
  /** Conversations of the census: archived, excluded or refused. */
  readonly found: number
  /** Lines of the master. */
  readonly conversations: number
  readonly entries: number
  /** Files under `data/attachments/`. */
  readonly attachments: number
  /** By who delivered them, e.g. `{ "conversation-data": 812 }`. */
  readonly entriesBySource: Readonly<Record<string, number>>
  /** Conversations of the census of which nothing belongs to the window. */
  readonly excluded: number
  /** Rows of `gaps.csv`. */
  readonly gaps: number
  readonly rejects: number
  /** Records left out on purpose by stages before, by reason. */
  readonly drops: Readonly<Record<string, number>>
  readonly redactionsByType: Readonly<Record<string, number>>
  /** Entries on which sources disagree, by how: `only-here`, `not-here`, `text`. */
  readonly differences: Readonly<Record<string, number>>
  // Conversations by verdict; a rejected one counts as missing.
  readonly matched: number
  readonly missing: number
  readonly extra: number
  readonly differs: number
  readonly unknown: number
  /** Conversations whose completeness rests on Salesforce's counts alone; see {@link Evidence}. */
  readonly countedOnly: number
}

/** A finished archive. */
export interface ArchiveResult {
  readonly path: string
  readonly name: string
  readonly container: ArchiveContainer
  readonly mode: ArchiveMode
  readonly verdict: ArchiveVerdict
  readonly counts: ArchiveCounts
  /** Bytes and number of payload files, `<bytes>.<files>`. */
  readonly payloadOxum: string
  /** What identifies the archive: the SHA-256 of `tagmanifest-sha256.txt`, lower-case hex. */
  readonly tagManifestSha256: string
  /** Root of the RFC 6962 tree over the records, lower-case hex. */
  readonly recordsRoot: string
  /** Whether it bears a seal. */
  readonly sealed: boolean
  /** Size of the ZIP, or of all files of the folder. */
  readonly bytes: number
  /** Unfinished archives of this name that other runs left in the directory. They are not touched. */
  readonly leftovers: readonly string[]
}
