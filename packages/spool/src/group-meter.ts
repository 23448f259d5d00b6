import { CustodyError } from '@custody/pipeline'
import type { SpoolRecord } from './record-frame.ts'

/** Counts records and groups as they pass in order, and holds each group to its size. */
export class GroupMeter {
  readonly #maxGroupBytes: number
  #key: string | undefined
  #bytes = 0
  #groups = 0
  #records = 0

  constructor(maxGroupBytes: number) {
    this.#maxGroupBytes = maxGroupBytes
  }

  get groups(): number {
    return this.#groups
  }

  get records(): number {
    return this.#records
  }

  /**
   * Takes the next record and says whether it begins a group.
   *
   * @throws CustodyError `SPOOL_GROUP_TOO_LARGE`
   */
  add({ key, value }: SpoolRecord): boolean {
    this.#records += 1
    const begins = this.#records === 1 || key !== this.#key
    if (begins) {
      this.#key = key
      this.#bytes = 0
      this.#groups += 1
    }
    this.#bytes += value.length
    if (this.#bytes > this.#maxGroupBytes) throw groupTooLarge(this.#maxGroupBytes)
    return begins
  }
}

export function groupTooLarge(maxGroupBytes: number): CustodyError {
  const message = `The records of one key are larger than ${maxGroupBytes} bytes; they are held in memory together.`
  return new CustodyError('SPOOL_GROUP_TOO_LARGE', message, {
    actions: ['Check whether the records were given the right keys, or raise maxGroupBytes.'],
  })
}
