import type { Result } from '../sql/result.ts'
import type { Data360Switches } from './data360-switches.ts'
import type { Data360Tokens } from './data360-tokens.ts'
import { Shelf } from './shelf.ts'
import type { Batch } from './v2-batches.ts'

/** A query whose result can be read. */
export interface StoredQuery {
  readonly result: Result
  readonly rowCount: number
  readonly dataspace: string
  readonly openedAt: number
  /** How often it will still be found running. */
  polls: number
  /** Whether somebody has been told that it is complete. */
  produced: boolean
}

/** What the tenant keeps: its tokens, queries and open cursors, and how many requests are in work. */
export interface Data360State {
  readonly switches: Data360Switches
  readonly tokens: Data360Tokens
  /** Of V3 and Connect, by id. */
  readonly queries: Shelf<StoredQuery>
  /** Next batches of V2, by id. */
  readonly batches: Shelf<Batch>
  readonly requests: RequestsInWork
  /** How many queries were sent. */
  readonly sent: { count: number }
}

export function createData360State(switches: Data360Switches, tokens: Data360Tokens): Data360State {
  return {
    switches,
    tokens,
    queries: new Shelf(),
    batches: new Shelf(),
    requests: new RequestsInWork(),
    sent: { count: 0 },
  }
}

/** Counts requests from when they are read until their answer is written. */
export class RequestsInWork {
  #now = 0
  #peak = 0

  /** Gives how many there are with this one. */
  enter(): number {
    this.#now += 1
    this.#peak = Math.max(this.#peak, this.#now)
    return this.#now
  }

  leave(): void {
    this.#now -= 1
  }

  get peak(): number {
    return this.#peak
  }
}
