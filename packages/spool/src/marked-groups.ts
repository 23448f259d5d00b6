/** Remembers which of a known number of groups were marked: one bit each. */
export class MarkedGroups {
  readonly #bits: Uint8Array

  constructor(groups: number) {
    this.#bits = new Uint8Array(Math.ceil(groups / 8))
  }

  mark(index: number): void {
    this.#bits[index >>> 3] = (this.#bits[index >>> 3] ?? 0) | (1 << (index & 7))
  }

  has(index: number): boolean {
    return ((this.#bits[index >>> 3] ?? 0) & (1 << (index & 7))) !== 0
  }
}
