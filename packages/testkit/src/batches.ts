import type { Batch, Checkpoint, Reject } from '@custody/pipeline'
import fc from 'fast-check'

/** What batches are drawn from. */
export interface BatchesOptions<T> {
  /** Tells records apart: all ids of one example differ. */
  readonly idOf: (record: T) => string
  /** @defaultValue 12 */
  readonly maxRecords?: number
}

/** Records with ids that all differ. */
export function distinctRecords<T>(record: fc.Arbitrary<T>, options: BatchesOptions<T>): fc.Arbitrary<T[]> {
  return fc.uniqueArray(record, { selector: options.idOf, maxLength: options.maxRecords ?? 12 })
}

/**
 * Everything that may come down a pipeline: records cut into batches at any point, empty batches, no batch at all, and
 * batches with rejects, drops and checkpoints from earlier stages.
 */
export function batches<T>(record: fc.Arbitrary<T>, options: BatchesOptions<T>): fc.Arbitrary<readonly Batch<T>[]> {
  return fc
    .tuple(distinctRecords(record, options), fc.array(piece, { maxLength: 6 }))
    .map(([records, pieces]) => cut(records, pieces))
}

/** Each record in a batch of its own: the finest split there is. */
export function oneByOne<T>(records: readonly T[]): readonly Batch<T>[] {
  return records.map((record) => ({ records: [record], rejects: [] }))
}

interface Piece {
  readonly size: number
  readonly rejects: number
  readonly drops: number
  readonly checkpoint: boolean
}

const piece: fc.Arbitrary<Piece> = fc.record({
  size: fc.nat({ max: 4 }),
  rejects: fc.nat({ max: 2 }),
  drops: fc.nat({ max: 2 }),
  checkpoint: fc.boolean(),
})

function cut<T>(records: readonly T[], pieces: readonly Piece[]): readonly Batch<T>[] {
  const made: Batch<T>[] = []
  let from = 0
  for (const { size, rejects, drops, checkpoint } of pieces) {
    made.push({
      records: records.slice(from, from + size),
      rejects: Array.from({ length: rejects }, (_, index) => rejectOf(made.length, index)),
      ...(drops > 0 && { drops: { 'not-wanted': drops } }),
      ...(checkpoint && { checkpoint: checkpointOf(made.length) }),
    })
    from += size
  }
  if (from < records.length)
    made.push({ records: records.slice(from), rejects: [], checkpoint: checkpointOf(made.length) })
  return made
}

function checkpointOf(batch: number): Checkpoint {
  return { source: 'earlier', cursor: `batch-${batch}` }
}

function rejectOf(batch: number, index: number): Reject {
  return {
    stage: 'earlier',
    code: 'REFUSED_EARLIER',
    subject: { type: 'Earlier', id: `refused-earlier-${batch}-${index}` },
    message: 'Refused by an earlier stage.',
  }
}
