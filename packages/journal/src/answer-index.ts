/** Where an answer stands. */
export interface AnswerPlace {
  /** Of its frame in the file. */
  readonly position: number
  /** Of the answer, without its frame. */
  readonly bytes: number
}

interface Chunk {
  /** Four words each. */
  readonly hashes: Uint32Array
  readonly positions: Float64Array
  readonly bytes: Uint32Array
}

const CHUNK_ENTRIES = 4096
const WORDS = 4

/**
 * Where each answer stands, by the 128-bit hash of its id: open addressing over entries of 28 bytes, which are never copied
 * when the table grows. About 37 MB for a million. The hashes come from a keyed function, so nobody can make them collide.
 */
export class AnswerIndex {
  readonly #chunks: Chunk[] = []
  /** Numbers of entries, from 1; 0 is free. A power of two long, at most three quarters full. */
  #slots = new Uint32Array(1024)
  #size = 0

  /** Answers with different ids. */
  get size(): number {
    return this.#size
  }

  get(hash: Buffer): AnswerPlace | null {
    const words = wordsOf(hash)
    const number = this.#slots[this.#slotOf(words)] as number
    if (number === 0) return null
    const [chunk, at] = this.#entry(number - 1)
    return { position: chunk.positions[at] as number, bytes: chunk.bytes[at] as number }
  }

  /** The later one of the same id wins. */
  set(hash: Buffer, place: AnswerPlace): void {
    const words = wordsOf(hash)
    let slot = this.#slotOf(words)
    if (this.#slots[slot] === 0) {
      if ((this.#size + 1) * 4 > this.#slots.length * 3) {
        this.#grow()
        slot = this.#slotOf(words)
      }
      if (this.#size % CHUNK_ENTRIES === 0) this.#chunks.push(newChunk())
      this.#size += 1
      this.#slots[slot] = this.#size
      const [chunk, at] = this.#entry(this.#size - 1)
      chunk.hashes.set(words, at * WORDS)
    }
    const [chunk, at] = this.#entry((this.#slots[slot] as number) - 1)
    chunk.positions[at] = place.position
    chunk.bytes[at] = place.bytes
  }

  /** Its slot, or the free one that it would take. */
  #slotOf(words: Words): number {
    const mask = this.#slots.length - 1
    for (let slot = words[0] & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot] as number
      if (number === 0 || this.#isAt(number - 1, words)) return slot
    }
  }

  #isAt(index: number, words: Words): boolean {
    const [{ hashes }, entry] = this.#entry(index)
    const at = entry * WORDS
    return (
      hashes[at] === words[0] &&
      hashes[at + 1] === words[1] &&
      hashes[at + 2] === words[2] &&
      hashes[at + 3] === words[3]
    )
  }

  #entry(index: number): readonly [Chunk, number] {
    return [this.#chunks[Math.floor(index / CHUNK_ENTRIES)] as Chunk, index % CHUNK_ENTRIES]
  }

  #grow(): void {
    const slots = new Uint32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let index = 0; index < this.#size; index += 1) {
      const [{ hashes }, at] = this.#entry(index)
      let slot = (hashes[at * WORDS] as number) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = index + 1
    }
    this.#slots = slots
  }
}

type Words = readonly [number, number, number, number]

function wordsOf(hash: Buffer): Words {
  return [hash.readUInt32LE(0), hash.readUInt32LE(4), hash.readUInt32LE(8), hash.readUInt32LE(12)]
}

function newChunk(): Chunk {
  return {
    hashes: new Uint32Array(CHUNK_ENTRIES * WORDS),
    positions: new Float64Array(CHUNK_ENTRIES),
    bytes: new Uint32Array(CHUNK_ENTRIES),
  }
}
