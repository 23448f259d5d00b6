import { usageError } from '@custody/pipeline'
import { MerkleTree, nodeHash } from './merkle-tree.ts'

/** Leaves `from` to `to` (not included), whose root is one hash of a proof. */
interface Sibling {
  readonly from: number
  readonly to: number
  readonly tree: MerkleTree
}

/**
 * Makes the inclusion proof (RFC 9162 §2.1.3.1) of one leaf while all leaves pass by in their order. Holds some hashes for
 * each bit of their number, so that a proof can be made from `integrity/leaves.txt` line by line.
 */
export class InclusionProver {
  readonly #size: number
  /** In the order of their leaves. */
  readonly #byPlace: readonly Sibling[]
  /** From the leaf's sibling up to the child of the root: the order of the proof. */
  readonly #byHeight: readonly Sibling[]
  #added = 0
  #place = 0

  /** @throws CustodyError `PROOF_INDEX` unless 0 ≤ index < size, whole numbers */
  constructor(index: number, size: number) {
    if (!isInside(index, size)) throw usageError('PROOF_INDEX', `There is no leaf ${index} in a tree of ${size}.`)
    this.#size = size
    const siblings: Sibling[] = []
    let [from, to] = [0, size]
    while (to - from > 1) {
      const middle = from + splitSize(to - from)
      const isLeft = index < middle
      siblings.push({ from: isLeft ? middle : from, to: isLeft ? to : middle, tree: new MerkleTree() })
      if (isLeft) to = middle
      else from = middle
    }
    this.#byHeight = siblings.reverse()
    this.#byPlace = siblings.toSorted((one, other) => one.from - other.from)
  }

  /** Takes the next leaf. */
  add(leaf: Buffer): void {
    while (this.#added >= (this.#byPlace[this.#place]?.to ?? Number.POSITIVE_INFINITY)) this.#place += 1
    const sibling = this.#byPlace[this.#place]
    if (sibling !== undefined && this.#added >= sibling.from) sibling.tree.add(leaf)
    this.#added += 1
  }

  /** @throws CustodyError `PROOF_LEAVES` unless `size` leaves were added */
  proof(): Buffer[] {
    if (this.#added !== this.#size) {
      throw usageError('PROOF_LEAVES', `A proof over ${this.#size} leaves was given ${this.#added}.`)
    }
    return this.#byHeight.map(({ tree }) => Buffer.from(tree.root(), 'hex'))
  }
}

/** The inclusion proof of one of these leaves: the hash of its sibling first. Empty for the only leaf. */
export function inclusionProof(leaves: readonly Buffer[], index: number): Buffer[] {
  const prover = new InclusionProver(index, leaves.length)
  for (const leaf of leaves) prover.add(leaf)
  return prover.proof()
}

/** What is claimed: that this leaf is the one at `index` in a tree of `size` leaves. */
export interface InclusionClaim {
  readonly leaf: Uint8Array
  readonly index: number
  readonly size: number
  readonly proof: readonly Uint8Array[]
}

/**
 * The root a tree must have if the claim is true (RFC 9162 §2.1.3.2), as lower-case hex; compare it with the root that was
 * signed. Null when the proof has another length than any proof for this index and size, or an index is outside.
 */
export function rootFromProof({ leaf, index, size, proof }: InclusionClaim): string | null {
  if (!isInside(index, size) || leaf.length !== 32 || proof.some((hash) => hash.length !== 32)) return null
  let hash = leaf
  // Not bit operators: they cut at 32 bits.
  let place = index
  let last = size - 1
  for (const sibling of proof) {
    if (last === 0) return null
    if (place % 2 === 1 || place === last) {
      hash = nodeHash(sibling, hash)
      // A last node without sibling moves up unchanged.
      while (place % 2 === 0 && place !== 0) {
        place /= 2
        last = Math.floor(last / 2)
      }
    } else {
      hash = nodeHash(hash, sibling)
    }
    place = Math.floor(place / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 ? Buffer.from(hash).toString('hex') : null
}

function isInside(index: number, size: number): boolean {
  return Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size
}

/** The largest power of two below `size`: where the tree splits. */
function splitSize(size: number): number {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
}
