import type { Control } from '../executing/control.ts'
import type { Traces } from '../executing/traces.ts'

/** Where a deleted record may still be seen. */
export type SourceName = 'records' | 'conversation-data' | 'connect' | 'data360'

/** A target that was deleted, and the traces by which it would be found. */
export interface AskedTarget {
  readonly key: string
  readonly traces: Traces
}

/** What a source shows of deleted targets. */
export interface ReadBack {
  /** Whether the control record was found by the very same questions: without it an empty answer says nothing. */
  readonly control: 'found' | 'missing'
  /** How many records or entries of a target are still there, by its key; absent for none. */
  readonly seen: ReadonlyMap<string, number>
  /** How many were asked for. */
  readonly asked: ReadonlyMap<string, number>
}

/** One way to look at the org. */
export interface ReadBackSource {
  readonly name: SourceName
  /** How long it may show what is gone already. */
  readonly lagMs: number
  /** Throws what its client throws: then nothing is known. */
  readBack(asked: readonly AskedTarget[], control: Control, signal: AbortSignal): Promise<ReadBack>
}

/** Adds up by key. */
export function count(counts: Map<string, number>, key: string, more = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + more)
}

export function* chunks<T>(items: readonly T[], size: number): Generator<readonly T[], void, undefined> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size)
}
