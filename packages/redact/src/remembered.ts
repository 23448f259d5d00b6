/** What was worked out for a text, so that it is worked out once. Forgotten as a whole when it gets too much. */
export class Remembered<Value extends NonNullable<unknown>> {
  readonly #values = new Map<string, Value>()
  readonly #maximum: number
  readonly #maximumLength: number

  /**
   * @param maximum - how many texts are remembered
   * @param maximumLength - of a text, in UTF-16 code units: longer ones are worked out each time
   */
  constructor(maximum: number, maximumLength: number) {
    this.#maximum = maximum
    this.#maximumLength = maximumLength
  }

  of(text: string, workOut: (text: string) => Value): Value {
    const known = this.#values.get(text)
    if (known !== undefined) return known
    const value = workOut(text)
    if (text.length > this.#maximumLength) return value
    if (this.#values.size >= this.#maximum) this.#values.clear()
    this.#values.set(text, value)
    return value
  }
}
