import type { Window } from '@custody/model'
import type { ArchiveMode, ArchiveVerdict } from './options.ts'

/** What a seal says of a bag. The tag manifest's hash binds every file of it. */
export interface SealableBag {
  /** The name of the archive. */
  readonly archive: string
  readonly window: Window
  readonly mode: ArchiveMode
  readonly verdict: ArchiveVerdict
  /** Lower-case hex. */
  readonly tagManifestSha256: string
  readonly payloadOxum: string
  /** Lines of the master, erased ones included. */
  readonly records: number
  /** Lower-case hex. */
  readonly recordsRoot: string
  /** How many of the records were erased. */
  readonly erased: number
  /** The files under `seal/` of the archive that this one takes the place of, by path; null for a new archive. */
  readonly superseded: ReadonlyMap<string, Uint8Array> | null
}

/** Makes the files under `seal/` for a finished bag: path and bytes, in the order in which they are written. */
export type MakeSeal = (bag: SealableBag) => Promise<ReadonlyMap<string, Uint8Array>>
