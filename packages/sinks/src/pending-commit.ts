import { type Batch, type Commit, recordCount } from '@custody/pipeline'

/** Adds batches up to one commit. */
export class PendingCommit {
  #commit: Commit = { batches: 0, records: 0, rejects: 0 }

  add(batch: Batch<unknown>): void {
    this.#commit = {
      batches: this.#commit.batches + 1,
      records: this.#commit.records + recordCount(batch),
      rejects: this.#commit.rejects + batch.rejects.length,
      ...(this.#commit.checkpoint && { checkpoint: this.#commit.checkpoint }),
      ...(batch.checkpoint && { checkpoint: batch.checkpoint }),
    }
  }

  /** The commit, or nothing when no batch came. */
  *take(): Generator<Commit, void, undefined> {
    if (this.#commit.batches > 0) yield this.#commit
  }
}
