import type { Batch, Checkpoint } from './batch.ts'
import type { RunEvent, RunSummary } from './run-event.ts'
import { Seam } from './seam.ts'
import type { Sink, Source, Stage } from './stage.ts'

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
  const seams: Seam[] = []
  const observe = (stage: string, batches: AsyncIterable<Batch<unknown>>): AsyncGenerator<Batch<unknown>> => {
    const seam = new Seam(stage, seams.at(-1), now, onEvent)
    seams.push(seam)
    return seam.observe(batches)
  }
  const summary = { records: 0, rejects: 0, commits: 0 }
  let checkpoint: Checkpoint | undefined
  const summarise = (): RunSummary => ({
    stages: seams.map((seam) => seam.counts()),
    ...summary,
    ...(checkpoint && { checkpoint }),
    durationMs: now() - startedAt,
  })

  onEvent({ type: 'run-start', stages: [source, ...stages, sink].map((stage) => stage.stageName) })
  let status: 'done' | 'failed' | 'aborted' = 'failed'
  try {
    signal?.throwIfAborted()
    let batches = observe(source.stageName, source(options))
    for (const stage of stages) batches = observe(stage.stageName, stage(batches, options))
    for await (const commit of sink(batches, options)) {
      summary.records += commit.records
      summary.rejects += commit.rejects
      summary.commits += 1
      checkpoint = commit.checkpoint ?? checkpoint
      onEvent({
        type: 'checkpoint-commit',
        batches: commit.batches,
        records: commit.records,
        ...(commit.checkpoint && { checkpoint: commit.checkpoint }),
      })
    }
    signal?.throwIfAborted()
    status = 'done'
    return summarise()
  } catch (error) {
    if (signal?.aborted) {
      status = 'aborted'
      throw signal.reason
    }
    throw error
  } finally {
    onEvent({ type: 'run-end', status, summary: summarise() })
  }
}
