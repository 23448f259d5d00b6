import type { Batch } from './batch.ts'
import type { RunEvent, StageCounts } from './run-event.ts'

/** Counts and times what one stage hands to the next. Internal. */
export class Seam {
  readonly #stage: string
  readonly #before: Seam | undefined
  readonly #now: () => number
  readonly #emit: (event: RunEvent) => void
  #batches = 0
  #records = 0
  #rejects = 0
  readonly #drops: Record<string, number> = {}
  #totalMs = 0

  constructor(stage: string, before: Seam | undefined, now: () => number, emit: (event: RunEvent) => void) {
    this.#stage = stage
    this.#before = before
    this.#now = now
    this.#emit = emit
  }

  async *observe(source: AsyncIterable<Batch<unknown>>): AsyncGenerator<Batch<unknown>, void, undefined> {
    const iterator = source[Symbol.asyncIterator]()
    let ended = false
    try {
      while (true) {
        const askedAt = this.#now()
        const result = await iterator.next()
        this.#totalMs += this.#now() - askedAt
        if (result.done) {
          ended = true
          return
        }
        this.#count(result.value)
        yield result.value
      }
    } catch (error) {
      ended = true
      throw error
    } finally {
      if (!ended) await iterator.return?.()
    }
  }

  #count(batch: Batch<unknown>): void {
    // Rejects and drops stay in their batch on the way down; each counts where it first shows.
    const rejects = batch.rejects.filter((reject) => reject.stage === this.#stage)
    this.#batches += 1
    this.#records += batch.records.length
    this.#rejects += rejects.length
    for (const [reason, count] of Object.entries(batch.drops ?? {})) {
      this.#drops[reason] = (this.#drops[reason] ?? 0) + count
    }
    for (const reject of rejects) this.#emit({ type: 'record-reject', reject })
    this.#emit({
      type: 'batch-end',
      stage: this.#stage,
      records: batch.records.length,
      rejects: rejects.length,
      drops: batch.drops ?? {},
    })
  }

  counts(): StageCounts {
    const before = this.#before ? this.#before.#drops : {}
    const drops = Object.fromEntries(
      Object.entries(this.#drops)
        .map(([reason, count]) => [reason, count - (before[reason] ?? 0)] as const)
        .filter(([, count]) => count > 0),
    )
    return {
      stage: this.#stage,
      batches: this.#batches,
      records: this.#records,
      rejects: this.#rejects,
      drops,
      // With read-ahead in between, the stage before may have been waited for by nobody: never below zero.
      ownMs: Math.max(0, this.#totalMs - (this.#before ? this.#before.#totalMs : 0)),
    }
  }
}
