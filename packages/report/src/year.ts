import type { RunDocument } from '@custody/archive'
import type { Instant, Window } from '@custody/model'
import { coverageOf } from './coverage.ts'

/** An archive among others, as its verification found it. */
export interface YearArchive {
  /** File or folder. */
  readonly path: string
  /** What it says of itself; null where that cannot be read. */
  readonly run: RunDocument | null
  readonly erased: number
  /** Of its verification. */
  readonly findings: number
  readonly seal: YearSeal | null
}

/** What a seal says. */
export interface YearSeal {
  /** Whose chain. */
  readonly origin: string
  readonly seq: number
  /** When it was sealed, as the sealing machine said. */
  readonly created: Instant
  /** When an authority says that it existed, and whether its certificates were checked; null where none was asked. */
  readonly time: { readonly at: Instant; readonly chain: string } | null
  readonly trust: 'trusted' | 'untrusted' | 'not-compared'
}

/** Something that is wrong, or worth knowing, about archives together. */
export interface YearFinding {
  readonly code: string
  readonly path: string | null
  readonly message: string
}

/** The archives of one chain; of those without a seal, those of one org and mode. */
export interface YearChain {
  readonly name: string
  /** In order of their time, each before its amendments. */
  readonly archives: readonly YearArchive[]
  /** Between its first and its last archive, amendments aside. */
  readonly missing: readonly Window[]
  readonly overlapping: readonly Window[]
}

/** Sorts archives into chains, and finds what time none of them holds. Archives that cannot be read stand in no chain. */
export function yearChains(archives: readonly YearArchive[]): readonly YearChain[] {
  const readable = archives.filter((archive) => archive.run !== null)
  const chains = Map.groupBy(readable, ({ seal, run }) => seal?.origin ?? `${run?.org}, ${run?.mode}, not sealed`)
  return [...chains]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, members]) => {
      const own = members.flatMap(({ run }) => (run && !run.amends ? [run.window] : []))
      return { name, archives: members.toSorted(byTime), ...coverageOf(own) }
    })
}

function byTime(a: YearArchive, b: YearArchive): number {
  const [timeA, timeB] = [Date.parse(a.run?.window.from ?? ''), Date.parse(b.run?.window.from ?? '')]
  return timeA - timeB || (a.run?.amends?.number ?? 0) - (b.run?.amends?.number ?? 0)
}
