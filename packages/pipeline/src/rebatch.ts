import type { Batch, Checkpoint, Drops, Reject } from './batch.ts'
import { usageError } from './custody-error.ts'
import { addDrops } from './drops.ts'
import { defineStage, type Stage } from './stage.ts'

/**
 * Cuts large batches and joins small ones, so that every batch but the last has exactly `size` records. A batch leaves
 * with fewer once it carries `size` rejects: what is held back stays bounded even where everything is refused.
 *
 * A checkpoint goes with the piece that holds the last record it covers, never with an earlier one.
 *
 * @throws CustodyError `REBATCH_SIZE` when the size is no whole number of at least 1.
 */
export function rebatch<T>(size: number): Stage<T, T> {
  if (!Number.isInteger(size) || size < 1) {
    throw usageError('REBATCH_SIZE', 'rebatch: size must be a whole number of at least 1')
  }
  return defineStage('rebatch', async function* (source, { signal }) {
    let records: T[] = []
    let rejects: Reject[] = []
    let drops: Drops | undefined
    let checkpoint: Checkpoint | undefined
    const take = (): Batch<T> => {
      const batch: Batch<T> = { records, rejects, ...(drops && { drops }), ...(checkpoint && { checkpoint }) }
      records = []
      rejects = []
      drops = undefined
      checkpoint = undefined
      return batch
    }
    for await (const batch of source) {
      signal?.throwIfAborted()
      for (const reject of batch.rejects) rejects.push(reject)
      drops = addDrops(drops, batch.drops)
      for (const record of batch.records) {
        // Full pieces leave before the next record comes in: the last piece of a batch is still here for its checkpoint.
        if (records.length === size) yield take()
        records.push(record)
      }
      checkpoint = batch.checkpoint ?? checkpoint
      if (records.length === size || rejects.length >= size) yield take()
    }
    if (records.length > 0 || rejects.length > 0 || drops || checkpoint) yield take()
  })
}
