/** Things kept by id, the oldest dropped for new ones. */
export class Shelf<T> {
  readonly #things = new Map<string, T>()

  put(id: string, thing: T): void {
    this.#things.set(id, thing)
    if (this.#things.size <= most) return
    const [oldest] = this.#things.keys()
    if (oldest !== undefined) this.#things.delete(oldest)
  }

  get(id: string): T | undefined {
    return this.#things.get(id)
  }

  drop(id: string): void {
    this.#things.delete(id)
  }

  clear(): void {
    this.#things.clear()
  }

  get size(): number {
    return this.#things.size
  }
}

const most = 500
