/** What is known of conversations between two stages of a pipeline. They come out in the order they went in; some do not. */
export class UnderWay<T> {
  readonly #queue: { readonly identifier: string; readonly known: T }[] = []

  add(identifier: string, known: T): void {
    this.#queue.push({ identifier, known })
  }

  /** What is known of the one that came out, and of those before it that will not. */
  take(identifier: string): { readonly known: T; readonly refused: readonly T[] } {
    const at = this.#queue.findIndex((one) => one.identifier === identifier)
    const found = this.#queue[at]
    if (found === undefined) throw new Error('a stage changed the order of conversations, or an identifier')
    const refused = this.#queue.splice(0, at + 1).slice(0, -1)
    return { known: found.known, refused: refused.map(({ known }) => known) }
  }

  /** What never came out. */
  rest(): readonly T[] {
    return this.#queue.splice(0).map(({ known }) => known)
  }
}
