import type { ErasureStore, NewErasureEvent } from '../erasure-store.ts'
import type { Target } from '../target.ts'
import { type ErasureRunEvent, movedEvent } from './run-event.ts'
import type { Work } from './work-list.ts'

export type TargetChange = Parameters<ErasureStore['moveTarget']>[1]

/** Writes the steps of targets, and tells of them. */
export interface Moving {
  /** One target alone: it is the one that the call is written to. */
  one(target: Target, change: TargetChange, act: string, detail?: NewErasureEvent['detail']): Promise<Target>
  /** All targets of a record: what was found out of it holds for each. */
  all(work: Work, change: TargetChange, act: string, detail?: NewErasureEvent['detail']): Promise<void>
}

export function createMoving(store: ErasureStore, onEvent: (event: ErasureRunEvent) => void): Moving {
  const one: Moving['one'] = async (target, change, act, detail = {}) => {
    const moved = await store.moveTarget(target, change, { act, operator: null, detail })
    onEvent(movedEvent(moved))
    return moved
  }
  return {
    one,
    async all({ targets: [first, ...others] }, change, act, detail) {
      await one(first, change, act, detail)
      const { called: _, ...shared } = change
      for (const target of others) await one(target, shared, 'call-shared', { act, with: first.request, ...detail })
    },
  }
}
