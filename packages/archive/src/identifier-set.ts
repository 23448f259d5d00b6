import { hash } from 'node:crypto'

/**
 * Remembers which identifiers came, as 64 bits each of their SHA-256: at most 16 MiB for half a million to a million of
 * them. Two different ones among a million are taken for the same with a chance of 1 to 37 million.
 */
export class IdentifierSet {
  // Open addressing, at most half full; 0 marks a free slot.
  #slots = new BigUint64Array(1024)
  #size = 0

  /** Adds one; false where it had come before. */
  add(identifier: string): boolean {
    return this.addKey(identifierKey(identifier))
  }

  /** As `add`, of one whose key is known. */
  addKey(value: bigint): boolean {
    const slot = slotOf(this.#slots, value)
    if (this.#slots[slot] === value) return false
    this.#slots[slot] = value
    this.#size += 1
    if (this.#size * 2 > this.#slots.length) this.#grow()
    return true
  }

  #grow(): void {
    const slots = new BigUint64Array(this.#slots.length * 2)
    for (const value of this.#slots) if (value !== 0n) slots[slotOf(slots, value)] = value
    this.#slots = slots
  }
}

/** What an identifier is remembered by; never 0. */
export function identifierKey(identifier: string): bigint {
  // As UTF-16: in UTF-8 all lone surrogates would be the same.
  const digest = hash('sha256', Buffer.from(identifier, 'utf16le'), 'buffer')
  return digest.readBigUInt64LE() || 1n
}

/** Where a value stands, or would stand. The number of slots is a power of two. */
function slotOf(slots: BigUint64Array, value: bigint): number {
  const mask = slots.length - 1
  let slot = Number(value & 0xffff_ffffn) & mask
  while (slots[slot] !== 0n && slots[slot] !== value) slot = (slot + 1) & mask
  return slot
}
