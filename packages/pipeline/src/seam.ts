import { type Batch, type Drops, type Reject, recordCount } from './batch.ts'
import { addDrops } from './drops.ts'
import type { RunEvent, StageCounts } from './run-event.ts'

/** What the seams of one run share. */
export interface SeamContext {
  readonly now: () => number
  readonly emit: (event: RunEvent) => void
  /** Rejects counted so far. They stay in their batch on the way down; each counts where it first shows. */
  readonly counted: WeakSet<Reject>
}

/** Counts and times what one stage hands to the next. Internal. */
export class Seam {
  readonly #stage: string
  readonly #before: Seam | undefined
  readonly #context: SeamContext
  #batches = 0
  #records = 0
  #rejects = 0
  #drops: Drops = {}
  #totalMs = 0

  constructor(stage: string, before: Seam | undefined, context: SeamContext) {
    this.#stage = stage
    this.#before = before
    this.#context = context
  }

  async *observe(source: AsyncIterable<Batch<unknown>>): AsyncGenerator<Batch<unknown>, void, undefined> {
    const { now } = this.#context
    let askedAt = now()
    for await (const batch of source) {
      this.#totalMs += now() - askedAt
      this.#count(batch)
      yield batch
      askedAt = now()
    }
    this.#totalMs += now() - askedAt
  }

  /** Time spent waiting for this stage and all before it. */
  get totalMs(): number {
    return this.#totalMs
  }

  // With read-ahead in between, the stage before may have been waited for by nobody: never below zero.
  get #ownMs(): number {
    return Math.max(0, this.#totalMs - (this.#before?.totalMs ?? 0))
  }

  #count(batch: Batch<unknown>): void {
    const { counted, emit } = this.#context
    const rejects = batch.rejects.filter((reject) => !counted.has(reject))
    this.#batches += 1
    this.#records += recordCount(batch)
    this.#rejects += rejects.length
    this.#drops = addDrops(this.#drops, batch.drops) ?? {}
    for (const reject of rejects) {
      counted.add(reject)
      emit({ type: 'record-reject', reject })
    }
    emit({
      type: 'batch-end',
      stage: this.#stage,
      records: recordCount(batch),
      rejects: rejects.length,
      ownMs: this.#ownMs,
      drops: batch.drops ?? {},
    })
  }

  counts(): StageCounts {
    const before = new Map(Object.entries(this.#before ? this.#before.#drops : {}))
    const drops = Object.entries(this.#drops)
      .map(([reason, count]) => [reason, count - (before.get(reason) ?? 0)] as const)
      .filter(([, count]) => count > 0)
    return {
      stage: this.#stage,
      batches: this.#batches,
      records: this.#records,
      rejects: this.#rejects,
      drops: Object.fromEntries(drops),
      ownMs: this.#ownMs,
    }
  }
}
