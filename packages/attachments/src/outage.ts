import type { Clock } from '@custody/pipeline'

/** Files in a row that could not be had. */
const maxInARow = 5

const pauseMs = 300_000

/**
 * Notices when no file at all is to be had. Each would take minutes of asking again; so for a while none is asked for, then
 * one, to see whether it is over.
 */
export class Outage {
  readonly #clock: Clock
  #inARow = 0
  #pausedUntil = Number.NEGATIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get isPaused(): boolean {
    return this.#clock.now() < this.#pausedUntil
  }

  answered(): void {
    this.#inARow = 0
  }

  unavailable(): void {
    this.#inARow += 1
    if (this.#inARow >= maxInARow) this.#pausedUntil = this.#clock.now() + pauseMs
  }
}
