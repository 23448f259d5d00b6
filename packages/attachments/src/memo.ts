import { createHash } from 'node:crypto'

export interface MemoOptions<T> {
  /** How many answers are remembered; the one longest not asked for goes first. */
  readonly size: number
  /** Whether an answer holds for the next who asks. */
  readonly isLasting: (answer: T) => boolean
}

/** Remembers answers; those who ask the same at the same moment share one. */
export class Memo<T> {
  readonly #options: MemoOptions<T>
  readonly #known = new Map<string, Promise<T>>()

  constructor(options: MemoOptions<T>) {
    this.#options = options
  }

  /** `question` may be long and secret: only its hash is kept. What `answer` throws is not remembered. */
  async recall(question: string, answer: () => Promise<T>): Promise<T> {
    const key = createHash('sha256').update(question).digest('base64')
    const known = this.#known.get(key)
    if (known) {
      this.#known.delete(key)
      this.#known.set(key, known)
      return await known
    }
    const asked = answer()
    this.#known.set(key, asked)
    const [oldest] = this.#known.keys()
    if (this.#known.size > this.#options.size && oldest !== undefined) this.#known.delete(oldest)
    let isLasting = false
    try {
      const given = await asked
      isLasting = this.#options.isLasting(given)
      return given
    } finally {
      if (!isLasting && this.#known.get(key) === asked) this.#known.delete(key)
    }
  }
}
