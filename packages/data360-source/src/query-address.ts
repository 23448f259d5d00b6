import { isGone } from './result.ts'

/**
 * The path of one query. Its id is opaque and goes into the path URL-encoded, once: `a/b` and `a%2Fb`, which is seen too and
 * encoded already, both as `a%2Fb`. Should the server mean the second one literally, it is found under `a%252Fb`.
 */
export class QueryAddress {
  readonly #base: string
  readonly #spellings: string[]

  constructor(base: string, queryId: string) {
    this.#base = base
    const literal = encodeURIComponent(queryId)
    this.#spellings = [...new Set([encodeURIComponent(decoded(queryId)), literal])]
  }

  /** Calls with a path below the query's, in the spelling that the server knows. */
  async call<T>(below: string, send: (path: string) => Promise<T>): Promise<T> {
    const [first, second] = this.#spellings
    if (second === undefined) return await send(`${this.#base}/${first}${below}`)
    try {
      const answer = await send(`${this.#base}/${first}${below}`)
      this.#spellings.length = 1
      return answer
    } catch (error) {
      if (!isGone(error)) throw error
      const answer = await send(`${this.#base}/${second}${below}`)
      this.#spellings.splice(0, 1)
      return answer
    }
  }
}

function decoded(queryId: string): string {
  try {
    return decodeURIComponent(queryId)
  } catch {
    return queryId
  }
}
