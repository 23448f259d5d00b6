import type { TimeRange } from './time-range.ts'

/** Whether a window may still change. */
export type WindowState = 'open' | 'settling' | 'sealed'

/** A window as it is begun. */
export interface NewWindow extends TimeRange {
  readonly org: string
  /** The window adds to what is sealed already, and may overlap it. @defaultValue `false` */
  readonly amends?: boolean
}

/** The seal under which a window was closed. */
export interface WindowSeal {
  /** Of the archive's seal. */
  readonly sealDigest: string
}

/** A window as the ledger knows it. Times are ISO 8601, UTC. */
export interface LedgerWindow extends TimeRange {
  readonly id: number
  readonly org: string
  readonly amends: boolean
  readonly state: WindowState
  readonly archive: string | null
  readonly sealDigest: string | null
  readonly sealedAt: string | null
  /** When an archived run last read all of it again. */
  readonly auditedAt: string | null
}
