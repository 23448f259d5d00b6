/** Pages whose keys are all remembered. Of those before, one key each. */
const pagesRemembered = 4

/**
 * The keys of the rows passed on the way through a query, as far as it takes to notice a server that goes back.
 *
 * By equality, not by order: nobody documents how the server orders ids, which are case-sensitive. One key of each page
 * stays for good, so that any page that comes a second time shows itself, at a two-thousandth of the memory.
 */
export class PassedKeys {
  readonly #latest: ReadonlySet<string>[]
  readonly #firsts = new Set<string>()

  /** `after`: the row behind which reading begins. */
  constructor(after?: string) {
    this.#latest = after === undefined ? [] : [new Set([after])]
  }

  /**
   * Takes the keys of a page. Gives the places of the new ones, each once: rows of the page before may come again. Null
   * for a page that leads back, which is not taken: it has a row from before the latest page, or rows of that page only.
   */
  take(page: readonly string[]): readonly number[] | null {
    const recent = this.#latest.at(-1)
    if (page.some((key) => !recent?.has(key) && this.#isPassed(key))) return null
    const seen = new Set(recent)
    const fresh = page.flatMap((key, place) => (seen.size < seen.add(key).size ? [place] : []))
    const first = page[fresh[0] ?? -1]
    if (first === undefined) return page.length > 0 ? null : fresh
    this.#firsts.add(first)
    this.#latest.push(new Set(page))
    if (this.#latest.length > pagesRemembered) this.#latest.shift()
    return fresh
  }

  #isPassed(key: string): boolean {
    return this.#firsts.has(key) || this.#latest.some((page) => page.has(key))
  }
}
