import type { Batch, Commit } from './batch.ts'
import { accountFor } from './sink-account.ts'

/** What `pipeline()` of `node:stream/promises` passes to its functions too. */
export interface StageOptions {
  /** Reaches every awaited call. Undefined is allowed, as it is for Node. */
  readonly signal?: AbortSignal | undefined
}

/** The first piece of a pipeline: produces batches. */
export interface Source<Out> {
  (options?: StageOptions): AsyncGenerator<Batch<Out>, void, undefined>
  readonly stageName: string
}

/** A middle piece: turns batches into batches. */
export interface Stage<In, Out> {
  (source: AsyncIterable<Batch<In>>, options?: StageOptions): AsyncGenerator<Batch<Out>, void, undefined>
  readonly stageName: string
}

/** The last piece: makes batches durable and says so. */
export interface Sink<In> {
  (source: AsyncIterable<Batch<In>>, options?: StageOptions): SinkRun
  readonly stageName: string
}

/**
 * A started sink. Iterate it to see each commit, or await it to run to the end; one of the two, once.
 *
 * It is awaitable because `pipeline()` of `node:stream` pumps an iterable last argument into a stream that nobody reads,
 * and stalls after sixteen commits (docs/decisions/0002-sinks-are-awaitable.md).
 */
export interface SinkRun extends AsyncIterable<Commit>, PromiseLike<SinkTotals> {}

/** Everything a sink committed. */
export interface SinkTotals {
  readonly commits: number
  readonly batches: number
  readonly records: number
  readonly rejects: number
}

/** Names a generator function as a source. */
export function defineSource<Out>(
  name: string,
  run: (options: StageOptions) => AsyncGenerator<Batch<Out>, void, undefined>,
): Source<Out> {
  return Object.assign((options: StageOptions = {}) => run(options), { stageName: name })
}

/** Names a generator function as a stage. */
export function defineStage<In, Out>(
  name: string,
  run: (source: AsyncIterable<Batch<In>>, options: StageOptions) => AsyncGenerator<Batch<Out>, void, undefined>,
): Stage<In, Out> {
  return Object.assign((source: AsyncIterable<Batch<In>>, options: StageOptions = {}) => run(source, options), {
    stageName: name,
  })
}

/**
 * Names a generator function as a sink, and holds it to its counts: a sink that ends before its source, or whose commits
 * do not add up to what it was given, fails with `SINK_COUNT_MISMATCH` instead of passing for complete.
 */
export function defineSink<In>(
  name: string,
  run: (source: AsyncIterable<Batch<In>>, options: StageOptions) => AsyncGenerator<Commit, void, undefined>,
): Sink<In> {
  return Object.assign(
    (source: AsyncIterable<Batch<In>>, options: StageOptions = {}): SinkRun => {
      const commits = accountFor(name, source, (counted) => run(counted, options))
      let totals: Promise<SinkTotals> | undefined
      return {
        [Symbol.asyncIterator]: () => commits,
        // biome-ignore lint/suspicious/noThenProperty: being awaitable is the point, see SinkRun
        then: (resolve, reject) => {
          totals ??= total(commits)
          return totals.then(resolve, reject)
        },
      }
    },
    { stageName: name },
  )
}

async function total(commits: AsyncIterable<Commit>): Promise<SinkTotals> {
  const totals = { commits: 0, batches: 0, records: 0, rejects: 0 }
  for await (const commit of commits) {
    totals.commits += 1
    totals.batches += commit.batches
    totals.records += commit.records
    totals.rejects += commit.rejects
  }
  return totals
}
