import type { Batch } from './batch.ts'
import { type RunOptions, runPipe } from './run.ts'
import type { RunSummary } from './run-event.ts'
import type { Sink, Source, Stage, StageOptions } from './stage.ts'

/** A source with stages behind it. Immutable: each `through` gives a new one. */
export interface Pipe<T> {
  through<Out>(stage: Stage<T, Out>): Pipe<Out>
  to(sink: Sink<T>): Job
  /** The batches that come out, for those who want no sink. */
  batches(options?: StageOptions): AsyncGenerator<Batch<T>, void, undefined>
}

/** A complete pipeline, not yet started. */
export interface Job {
  /**
   * Runs to the end. Throws what a stage throws, or the signal's reason after an abort; everything is closed by then.
   */
  run(options?: RunOptions): Promise<RunSummary>
}

/** Starts building a pipeline: `from(source).through(stage).to(sink).run()`. */
export function from<T>(source: Source<T>): Pipe<T> {
  return pipe(source as Source<unknown>, [])
}

// Inside, stages are unknown-typed: the public signatures above have already matched each with its neighbour.
function pipe<T>(source: Source<unknown>, stages: readonly Stage<unknown, unknown>[]): Pipe<T> {
  return {
    through: <Out>(stage: Stage<T, Out>) => pipe<Out>(source, [...stages, stage as Stage<unknown, unknown>]),
    to: (sink) => ({ run: (options = {}) => runPipe(source, stages, sink as Sink<unknown>, options) }),
    batches: (options) => {
      let batches = source(options)
      for (const stage of stages) batches = stage(batches, options)
      return batches as AsyncGenerator<Batch<T>, void, undefined>
    },
  }
}
