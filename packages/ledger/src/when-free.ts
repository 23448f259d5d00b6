import { setTimeout } from 'node:timers/promises'
import { CustodyError } from '@custody/pipeline'

const PATIENCE_MS = 30_000

/**
 * Does `work` as soon as no other process writes. Each waits a random while between its tries: SQLite's own waiting lets
 * one process win for seconds, and stops the whole process meanwhile.
 *
 * It waits in real time whatever the clock, since it waits for real processes.
 *
 * @throws CustodyError `LIMITS_BUSY` (retryable) after half a minute.
 */
export async function whenFree<T>(path: string, work: () => T, signal?: AbortSignal): Promise<T> {
  const since = performance.now()
  for (let most = 2; ; most = Math.min(most * 2, 32)) {
    signal?.throwIfAborted()
    try {
      return work()
    } catch (error) {
      if (!CustodyError.isInstance(error) || error.code !== 'LEDGER_BUSY') throw error
      if (performance.now() - since > PATIENCE_MS) throw busy(path, error)
    }
    await setTimeout(1 + Math.random() * most)
  }
}

function busy(path: string, cause: unknown): CustodyError<'LIMITS_BUSY'> {
  return new CustodyError('LIMITS_BUSY', `Others write ${path} without a pause.`, {
    cause,
    retryable: true,
    actions: ['Look for a process that hangs with this file open, then run again.'],
  })
}
