import { type Batch, type Commit, recordCount } from './batch.ts'
import { CustodyError } from './custody-error.ts'

type Run<In> = (source: AsyncIterable<Batch<In>>) => AsyncIterable<Commit>

/**
 * Holds a sink to its word: what it committed in the end is what it was given, and it read to the end. Internal.
 *
 * Without it, a sink that stops early or forgets its last batch would end a run like any other.
 */
export async function* accountFor<In>(
  sink: string,
  source: AsyncIterable<Batch<In>>,
  run: Run<In>,
): AsyncGenerator<Commit, void, undefined> {
  const given = { batches: 0, records: 0, rejects: 0 }
  const committed = { batches: 0, records: 0, rejects: 0 }
  let atEnd = false
  async function* counted(): AsyncGenerator<Batch<In>, void, undefined> {
    for await (const batch of source) {
      given.batches += 1
      given.records += recordCount(batch)
      given.rejects += batch.rejects.length
      yield batch
    }
    atEnd = true
  }
  const mismatch = (happened: string): CustodyError =>
    new CustodyError('SINK_COUNT_MISMATCH', `The sink ${sink} ${happened}. What it wrote must not be relied on.`, {
      actions: ['Report it to the maker of this sink: testSink() of @custody/testkit shows where it goes wrong.'],
    })

  for await (const commit of run(counted())) {
    committed.batches += commit.batches
    committed.records += commit.records
    committed.rejects += commit.rejects
    if (committed.batches > given.batches) {
      throw mismatch(`committed ${committed.batches} batches of the ${given.batches} it was given`)
    }
    yield commit
  }
  if (!atEnd) throw mismatch(`ended after ${given.batches} batches, before its source did`)
  for (const unit of ['batches', 'records', 'rejects'] as const) {
    if (committed[unit] !== given[unit]) {
      throw mismatch(`committed ${committed[unit]} ${unit} of the ${given[unit]} it was given`)
    }
  }
}
