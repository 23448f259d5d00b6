/**
 * Hands values from one async function to another, in order: `send` settles once its value was taken. Internal.
 */
export class Channel<T> implements AsyncIterable<T> {
  readonly #waiting: { readonly value: T; readonly taken: () => void }[] = []
  #ended = false
  #error: { cause: unknown } | undefined
  #wake: (() => void) | undefined

  /** Offers a value; settles when it was taken, or when nobody will take it any more. */
  send(value: T): Promise<void> {
    if (this.#ended) return Promise.resolve()
    return new Promise((taken) => {
      this.#waiting.push({ value, taken })
      this.#wake?.()
    })
  }

  /** No more values: the reader ends after the one on offer. */
  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  /** The reader throws `cause` at its next turn. */
  fail(cause: unknown): void {
    this.#error ??= { cause }
    this.close()
  }

  /** The reader is gone: senders are let go, values on offer are dropped. */
  close(): void {
    this.#ended = true
    for (const { taken } of this.#waiting.splice(0)) taken()
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    try {
      while (true) {
        if (this.#error) throw this.#error.cause
        const next = this.#waiting.shift()
        if (next) {
          next.taken()
          yield next.value
        } else if (this.#ended) return
        else await new Promise<void>((wake) => (this.#wake = wake))
      }
    } finally {
      this.close()
    }
  }
}
