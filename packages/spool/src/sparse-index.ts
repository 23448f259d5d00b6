/** Where reading has to begin to find a key. */
export interface IndexPoint {
  /** In bytes of the run. */
  readonly position: number
  /** How many groups come before it. */
  readonly group: number
}

interface Point extends IndexPoint {
  /** The beginning of the group's key. */
  readonly prefix: string
  /** Whether that is all of it. */
  readonly whole: boolean
}

/** Keys are told apart by this many characters: a ConversationIdentifier has up to 255. */
const PREFIX_CHARACTERS = 256

/**
 * Remembers where some groups of a run begin. It never grows past a fixed number of points: when it is full, it forgets every
 * second one.
 */
export class SparseIndex {
  readonly #maxPoints: number
  #points: Point[] = []
  #every = 1
  #offered = 0

  constructor(maxPoints: number = 1 << 16) {
    this.#maxPoints = maxPoints
  }

  /** Offers the beginning of a group, in the order of the run. */
  offer(key: string, position: number, group: number): void {
    if (this.#offered++ % this.#every !== 0) return
    const whole = key.length <= PREFIX_CHARACTERS
    this.#points.push({ prefix: whole ? key : prefixOf(key), whole, position, group })
    if (this.#points.length < this.#maxPoints) return
    this.#points = this.#points.filter((_, index) => index % 2 === 0)
    this.#every *= 2
  }

  /** The last point known to be at or before a key; undefined without any. */
  find(key: string): IndexPoint | undefined {
    const wanted = key.slice(0, PREFIX_CHARACTERS)
    let [low, high] = [0, this.#points.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#points[middle] as Point).prefix < wanted) low = middle + 1
      else high = middle
    }
    const point = this.#points[low]
    return point?.whole && point.prefix === key ? point : this.#points[Math.max(0, low - 1)]
  }
}

/** A copy: a part of a string keeps the whole of it in memory. */
function prefixOf(key: string): string {
  return Buffer.from(key.slice(0, PREFIX_CHARACTERS), 'utf16le').toString('utf16le')
}
