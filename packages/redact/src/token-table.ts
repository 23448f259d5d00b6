/** So many first tokens make the key of an entry: enough to tell nearly all entries apart. */
export const keyOfTokens = 4

const filterBits = 22
const firstCapacity = 1 << 12

/**
 * Entries, as numbers, by the hashes of their tokens. Made for 100,000 of them and more: typed arrays with open addressing, so
 * that it is built in tens of milliseconds and asked in constant time.
 */
export class TokenTable {
  #low = new Int32Array(firstCapacity)
  #high = new Int32Array(firstCapacity)
  /** 1 more than the number of the entry; 0 for a free place. */
  #entries = new Int32Array(firstCapacity)
  #used = 0
  readonly #filter = new Uint8Array(1 << (filterBits - 3))

  /** The first `length` of `hashes` are an entry's tokens. Of two entries with the same few tokens the first one stays. */
  add(hashes: Int32Array, length: number, entry: number): void {
    const first = bitOf(hashes[0] as number)
    this.#filter[first >> 3] = (this.#filter[first >> 3] as number) | (1 << (first & 7))
    const used = Math.min(length, keyOfTokens)
    this.#insert(lowKey(hashes, used), highKey(hashes, used), entry + 1, length > keyOfTokens)
    if (this.#used * 2 > this.#entries.length) this.#grow()
  }

  /** Whether some entry may begin with this token; says no of nearly all others. */
  mayBegin(hash: number): boolean {
    const bit = bitOf(hash)
    return ((this.#filter[bit >> 3] as number) & (1 << (bit & 7))) !== 0
  }

  /** Entries that may begin with these tokens, as far as hashes tell. */
  candidates(hashes: Int32Array, length: number): number[] {
    const found: number[] = []
    for (let used = 2; used <= Math.min(length, keyOfTokens); used++) {
      const low = lowKey(hashes, used)
      const high = highKey(hashes, used)
      const mask = this.#entries.length - 1
      for (let at = low & mask; this.#entries[at] !== 0; at = (at + 1) & mask) {
        if (this.#low[at] === low && this.#high[at] === high) found.push((this.#entries[at] as number) - 1)
      }
    }
    return found
  }

  #insert(low: number, high: number, entry: number, isLong: boolean): void {
    const mask = this.#entries.length - 1
    let at = low & mask
    for (; this.#entries[at] !== 0; at = (at + 1) & mask) {
      // Behind the tokens of the key, long entries may still differ.
      if (!isLong && this.#low[at] === low && this.#high[at] === high) return
    }
    this.#low[at] = low
    this.#high[at] = high
    this.#entries[at] = entry
    this.#used += 1
  }

  #grow(): void {
    const [low, high, entries] = [this.#low, this.#high, this.#entries]
    const capacity = entries.length * 4
    this.#low = new Int32Array(capacity)
    this.#high = new Int32Array(capacity)
    this.#entries = new Int32Array(capacity)
    this.#used = 0
    for (let at = 0; at < entries.length; at++) {
      if (entries[at] !== 0) this.#insert(low[at] as number, high[at] as number, entries[at] as number, true)
    }
  }
}

function bitOf(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> (32 - filterBits)
}

// Two keys of 32 bits, so that no two of a million entries share both by chance.

function lowKey(hashes: Int32Array, length: number): number {
  let key = length
  for (let at = 0; at < length; at++) {
    key = Math.imul(key ^ (hashes[at] as number), 0x85ebca6b)
    key ^= key >>> 15
  }
  return key
}

function highKey(hashes: Int32Array, length: number): number {
  let key = 0x811c9dc5 | 0
  for (let at = 0; at < length; at++) {
    key = Math.imul(key ^ (hashes[at] as number), 0xc2b2ae35)
    key ^= key >>> 13
  }
  return key
}
