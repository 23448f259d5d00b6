/** Thrown into a stream that would go beyond the budget. */
export class BudgetSpent extends Error {}

/** Bytes that may be taken in all, counted as they come: never more, however many streams there are. */
export class ByteBudget {
  #left: number

  constructor(bytes: number) {
    this.#left = bytes
  }

  get left(): number {
    return this.#left
  }

  /** The same bytes, taken off the budget; `giveBack` for those that were not kept. */
  meter(bytes: AsyncIterable<Uint8Array>): {
    readonly bytes: AsyncIterable<Uint8Array>
    readonly giveBack: () => void
  } {
    let taken = 0
    const take = (size: number): void => {
      if (size > this.#left) throw new BudgetSpent()
      this.#left -= size
      taken += size
    }
    async function* metered(): AsyncGenerator<Uint8Array> {
      for await (const chunk of bytes) {
        take(chunk.byteLength)
        yield chunk
      }
    }
    return {
      bytes: metered(),
      giveBack: () => {
        this.#left += taken
        taken = 0
      },
    }
  }
}
