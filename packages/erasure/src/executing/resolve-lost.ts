import type { DeletionWire } from '../assumptions.ts'
import type { ErasureStore } from '../erasure-store.ts'
import type { AskOptions } from '../soql/read-rows.ts'
import type { Target } from '../target.ts'
import { logOf, namesInLog } from './api-log.ts'
import type { Control } from './control.ts'
import { look } from './look.ts'
import { readTraces } from './traces.ts'

/** What became of a call whose answer nobody knows. */
export type Resolved =
  /** Salesforce has it: in its log, or the record is gone. */
  | { readonly type: 'accepted'; readonly logId: string | null; readonly by: 'log' | 'gone' }
  /** The record is there and nothing is logged, long enough after it was sent. */
  | { readonly type: 'not-carried-out' }
  /** It may still be on its way. */
  | { readonly type: 'not-settled'; readonly waitMs: number }
  /** Neither the record nor the control record can be seen. */
  | { readonly type: 'unknown' }

export interface ResolveOptions {
  readonly store: ErasureStore
  readonly control: Control | null
  readonly wire: DeletionWire
  readonly asking: AskOptions
  readonly now: number
  readonly settleMs: number
}

/** Reads back a call that was, or may have been, sent. Nothing is sent again before this said `not-carried-out`. */
export async function resolveLost(target: Target, options: ResolveOptions): Promise<Resolved> {
  const { store, control, wire, asking, now, settleMs } = options
  const traces = readTraces(await store.traces(target))
  if (traces !== null) {
    const entry = await logOf(namesInLog(traces), target.updatedAt, wire, asking)
    if (entry !== null) return { type: 'accepted', logId: entry.id, by: 'log' }
  }
  const { presence } = await look(target, control, asking)
  if (presence === 'gone') return { type: 'accepted', logId: null, by: 'gone' }
  if (presence === 'unknown') return { type: 'unknown' }
  const waitMs = Date.parse(target.updatedAt) + settleMs - now
  return waitMs > 0 ? { type: 'not-settled', waitMs } : { type: 'not-carried-out' }
}
