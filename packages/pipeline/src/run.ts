import type { Batch, Checkpoint, Reject } from './batch.ts'
import type { RunEvent, RunSummary } from './run-event.ts'
import { Seam, type SeamContext } from './seam.ts'
import type { Sink, Source, Stage } from './stage.ts'

/** How a run is stopped and watched. */
export interface RunOptions {
  /** Aborting it closes every stage; the run throws the signal's reason. */
  readonly signal?: AbortSignal
  /** Called for each event, synchronously. What it throws ends the run. */
  readonly onEvent?: (event: RunEvent) => void
  /** Milliseconds that only grow. @defaultValue `performance.now` */
  readonly now?: () => number
}

/** Chains the stages, counts at the seams between them, and drains the sink. Stages hold no progress code. */
export async function runPipe(
  source: Source<unknown>,
  stages: readonly Stage<unknown, unknown>[],
  sink: Sink<unknown>,
  { signal, onEvent = () => undefined, now = () => performance.now() }: RunOptions,
): Promise<RunSummary> {
  const options = signal ? { signal } : {}
  const startedAt = now()
  const context: SeamContext = { now, emit: onEvent, counted: new WeakSet<Reject>() }
  const seams: Seam[] = []
  const observe = (stage: string, batches: AsyncIterable<Batch<unknown>>): AsyncGenerator<Batch<unknown>> => {
    const seam = new Seam(stage, seams.at(-1), context)
    seams.push(seam)
    return seam.observe(batches)
  }
  const committed = { batches: 0, records: 0, rejects: 0, commits: 0 }
  let checkpoint: Checkpoint | undefined
  const end = (status: 'done' | 'failed' | 'aborted'): RunSummary => {
    const { batches, records, rejects, commits } = committed
    const durationMs = now() - startedAt
    const sinkMs = Math.max(0, durationMs - (seams.at(-1)?.totalMs ?? 0))
    const summary: RunSummary = {
      stages: [
        ...seams.map((seam) => seam.counts()),
        { stage: sink.stageName, batches, records, rejects: 0, drops: {}, ownMs: sinkMs },
      ],
      records,
      rejects,
      commits,
      ...(checkpoint && { checkpoint }),
      durationMs,
    }
    onEvent({ type: 'run-end', status, summary })
    return summary
  }

  onEvent({ type: 'run-start', stages: [source, ...stages, sink].map((stage) => stage.stageName) })
  try {
    signal?.throwIfAborted()
    let batches = observe(source.stageName, source(options))
    for (const stage of stages) batches = observe(stage.stageName, stage(batches, options))
    for await (const commit of sink(batches, options)) {
      committed.batches += commit.batches
      committed.records += commit.records
      committed.rejects += commit.rejects
      committed.commits += 1
      checkpoint = commit.checkpoint ?? checkpoint
      onEvent({
        type: 'checkpoint-commit',
        batches: commit.batches,
        records: commit.records,
        ...(commit.checkpoint && { checkpoint: commit.checkpoint }),
      })
    }
    // A stage that takes an abort for a quiet end has cut the run short: that must not pass for done.
    signal?.throwIfAborted()
  } catch (error) {
    const failure = signal?.aborted ? signal.reason : error
    try {
      end(signal?.aborted ? 'aborted' : 'failed')
    } catch {
      // A listener that fails on the last event must not hide why the run failed.
    }
    throw failure
  }
  return end('done')
}
