/**
 * Hands values from one async function to one reader, in order and on demand. Internal.
 *
 * `send` settles when the reader asks for the value after it, that is when the reader is done with this one: a sender
 * that waits for it never works ahead. A reader that left asks no more: whoever owns the channel closes it then.
 */
export class Channel<T> implements AsyncIterable<T> {
  readonly #waiting: { readonly value: T; readonly done: () => void }[] = []
  #state: 'open' | 'ended' | 'closed' = 'open'
  #error: { readonly cause: unknown } | undefined
  #wake: (() => void) | undefined
  /** Lets the sender of the value go that the reader has in hand. */
  #done: (() => void) | undefined

  /** Offers a value. Settles once the reader is done with it, or the channel is closed. */
  send(value: T): Promise<void> {
    if (this.#state !== 'open') return Promise.resolve()
    return new Promise((done) => {
      this.#waiting.push({ value, done })
      this.#wake?.()
    })
  }

  /** No more values: the reader ends after those on offer. */
  end(): void {
    if (this.#state === 'open') this.#state = 'ended'
    this.#wake?.()
  }

  /**
   * The reader throws `cause` at its next turn; values on offer are dropped. The way to stop a reader: one that saw a
   * plain end would take what it has for the whole.
   */
  fail(cause: unknown): void {
    this.#error ??= { cause }
    this.close()
  }

  /** Nobody reads any more: senders are let go, values on offer are dropped. */
  close(): void {
    this.#state = 'closed'
    this.#done?.()
    for (const { done } of this.#waiting.splice(0)) done()
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    while (true) {
      if (this.#error) throw this.#error.cause
      const next = this.#waiting.shift()
      if (next) {
        this.#done = next.done
        yield next.value
        next.done()
      } else if (this.#state !== 'open') return
      else await new Promise<void>((wake) => (this.#wake = wake))
    }
  }
}
