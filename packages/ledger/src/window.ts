import type { TimeRange } from './time-range.ts'

export type WindowState = 'open' | 'settling' | 'sealed'

export interface NewWindow extends TimeRange {
  readonly org: string
  /** The window adds to what is sealed already, and may overlap it. @defaultValue `false` */
  readonly amends?: boolean
}

export interface WindowSeal {
  /** Of the archive's seal. */
  readonly sealDigest: string
}

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
