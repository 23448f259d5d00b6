/** Bits in all: with a million keys, one in a hundred that never came passes for one that did. */
const BITS = 1 << 24
/** Bits that a key sets. */
const PROBES = 4

/**
 * Knows of most keys that they never came, without a look at the disk (a Bloom filter): most look-ups are for names that a source does not
 * use. Of fixed size; one that is full only costs time.
 */
export class KeyFilter {
  readonly #bits = new Uint32Array(BITS / 32)
  #last: string | undefined

  add(key: string): void {
    if (key === this.#last) return
    this.#last = key
    for (const bit of probes(key)) this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] ?? 0) | (1 << (bit & 31))
  }

  /** False only where the key was never added. */
  mayHave(key: string): boolean {
    return probes(key).every((bit) => ((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0)
  }
}

/** Two hashes (FNV-1a, from two beginnings) make as many as are needed. */
function probes(key: string): readonly number[] {
  let [one, two] = [0x811c9dc5, 0x01000193]
  for (let at = 0; at < key.length; at += 1) {
    const unit = key.charCodeAt(at)
    one = Math.imul(one ^ unit, 0x01000193)
    two = Math.imul(two ^ unit, 0x85ebca6b)
  }
  return Array.from({ length: PROBES }, (_, probe) => mixed(one + Math.imul(probe, two | 1)) & (BITS - 1))
}

/** Spreads what differs at one end over all of it. */
function mixed(hash: number): number {
  const folded = Math.imul(hash ^ (hash >>> 16), 0x7feb352d)
  return folded ^ (folded >>> 15)
}
