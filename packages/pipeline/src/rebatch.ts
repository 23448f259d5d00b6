import type { Batch, Checkpoint, Reject } from './batch.ts'
import { usageError } from './custody-error.ts'
import { defineStage, type Stage } from './stage.ts'

/**
 * Cuts large batches and joins small ones, so that every batch but the last has exactly `size` records.
 *
 * A checkpoint goes with the piece that holds the last record it covers, never with an earlier one.
 */
export function rebatch<T>(size: number): Stage<T, T> {
  if (!Number.isInteger(size) || size < 1) {
    throw usageError('REBATCH_SIZE', 'rebatch: size must be a whole number of at least 1')
  }
  return defineStage('rebatch', async function* (source, { signal }) {
    let records: T[] = []
    let rejects: Reject[] = []
    let drops: Record<string, number> = {}
    let checkpoint: Checkpoint | undefined
    const take = (): Batch<T> => {
      const batch: Batch<T> = {
        records,
        rejects,
        ...(Object.keys(drops).length > 0 && { drops }),
        ...(checkpoint && { checkpoint }),
      }
      records = []
      rejects = []
      drops = {}
      checkpoint = undefined
      return batch
    }
    for await (const batch of source) {
      signal?.throwIfAborted()
      rejects.push(...batch.rejects)
      for (const [reason, count] of Object.entries(batch.drops ?? {})) drops[reason] = (drops[reason] ?? 0) + count
      for (const record of batch.records) {
        // Full pieces leave before the next record comes in: the last piece of a batch is still here for its checkpoint.
        if (records.length === size) yield take()
        records.push(record)
      }
      if (batch.checkpoint) checkpoint = batch.checkpoint
      if (records.length === size) yield take()
    }
    if (records.length > 0 || rejects.length > 0 || checkpoint || Object.keys(drops).length > 0) yield take()
  })
}
