import { setTimeout as delay } from 'node:timers/promises'
import { CustodyError } from '@custody/pipeline'
import type { Worked } from '../work.ts'

/** What the trial work is asked for. */
export interface TrialTask {
  readonly number: number
  readonly does?: 'throw' | 'throw ours' | 'exit' | 'hang' | 'fill memory'
  /** Turns of the event loop that it takes. */
  readonly turns?: number
}

export interface TrialAnswer {
  readonly number: number
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Multiplies by the data; fails as it is told. */
export function createWork(factor: number): (task: TrialTask) => Promise<Worked<TrialAnswer>> {
  if (factor < 0) throw new CustodyError('TRIAL_DATA', 'no negative numbers', { kind: 'usage' })
  return async ({ number, does, turns = 0 }) => {
    for (let turn = 0; turn < turns; turn++) await delay(0)
    if (does === 'throw') throw new RangeError('as told')
    if (does === 'throw ours') throw new CustodyError('TRIAL_FAILED', 'as told', { kind: 'refused', actions: ['Go.'] })
    if (does === 'exit') process.exit(3)
    if (does === 'hang') for (;;);
    if (does === 'fill memory')
      for (const kept: number[][] = []; ; ) kept.push(Array.from({ length: 1e5 }, Math.random))
    const bytes = new Uint8Array([number])
    return { answer: { number: number * factor, bytes }, transfer: [bytes.buffer] }
  }
}
