import fc from 'fast-check'
import { expect, test } from 'vitest'
import { InclusionProver, inclusionProof, rootFromProof } from './inclusion-proof.ts'
import { leafHash, MerkleTree } from './merkle-tree.ts'

const allLeaves = Array.from({ length: 5000 }, (_, index) => leafHash(`record ${index}\n`))

function leavesOf(size: number): readonly Buffer[] {
  return allLeaves.slice(0, size)
}

function rootOf(leaves: readonly Buffer[]): string {
  const tree = new MerkleTree()
  for (const leaf of leaves) tree.add(leaf)
  return tree.root()
}

test('the proofs are those of the Certificate Transparency test vectors', () => {
  // https://github.com/google/certificate-transparency, merkle_tree_test.cc
  const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
  const leaves = inputs.map((input) => leafHash(Buffer.from(input, 'hex')))
  const proof = (index: number, size: number): string[] =>
    inclusionProof(leaves.slice(0, size), index).map((hash) => hash.toString('hex'))
  expect(proof(0, 1)).toEqual([])
  expect(proof(0, 8)).toEqual([
    '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  ])
  expect(proof(5, 8)).toEqual([
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ])
})

test('every leaf of every size up to 40 is proven; nothing else is, by its proof', () => {
  const roots = Array.from({ length: 42 }, (_, size) => rootOf(leavesOf(size)))
  for (let size = 1; size <= 40; size++) {
    const leaves = leavesOf(size)
    for (let index = 0; index < size; index++) {
      const leaf = leaves[index] as Buffer
      const proof = inclusionProof(leaves, index)
      const root = roots[size]
      expect(rootFromProof({ leaf, index, size, proof })).toBe(root)
      for (let other = 0; other < size; other++) {
        if (other === index) continue
        const wrongLeaf = rootFromProof({ leaf: leaves[other] as Buffer, index, size, proof })
        const wrongIndex = rootFromProof({ leaf, index: other, size, proof })
        if (wrongLeaf === root || wrongIndex === root) throw new Error(`${other} of ${size} taken for ${index}`)
      }
      expect(rootFromProof({ leaf, index, size, proof: [...proof, leaf] })).toBeNull()
      if (proof.length > 0) expect(rootFromProof({ leaf, index, size, proof: proof.slice(0, -1) })).toBeNull()
    }
  }
})

test('a proof for one size proves nothing about the root of another', () => {
  const roots = Array.from({ length: 41 }, (_, size) => rootOf(leavesOf(size)))
  for (let size = 1; size <= 20; size++) {
    const leaves = leavesOf(size)
    const proofs = leaves.map((_, index) => inclusionProof(leaves, index))
    for (let other = 1; other <= 40; other++) {
      if (other === size) continue
      for (let index = 0; index < Math.min(size, other); index++) {
        const claim = { leaf: leaves[index] as Buffer, index, size: other, proof: proofs[index] ?? [] }
        if (rootFromProof(claim) === roots[other]) throw new Error(`leaf ${index} of ${size} taken for one of ${other}`)
      }
    }
  }
})

test('any leaf of a large tree is proven, and no changed hash is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 41, max: 5000 }), fc.nat(), fc.nat(), fc.nat(255), (size, place, hash, byte) => {
      const leaves = leavesOf(size)
      const index = place % size
      const leaf = leaves[index] as Buffer
      const proof = inclusionProof(leaves, index)
      const root = rootOf(leaves)
      expect(rootFromProof({ leaf, index, size, proof })).toBe(root)
      const changed = Buffer.from(proof[hash % proof.length] as Buffer)
      changed[byte % 32] = (changed[byte % 32] ?? 0) ^ 1
      expect(rootFromProof({ leaf, index, size, proof: proof.with(hash % proof.length, changed) })).not.toBe(root)
    }),
    { numRuns: 30 },
  )
})

test('sizes beyond 32 bits are computed with', () => {
  // The last leaf of 2^40 + 1 has no sibling below the root.
  const [leaf, sibling] = leavesOf(2) as [Buffer, Buffer]
  const size = 2 ** 40 + 1
  expect(rootFromProof({ leaf, index: 2 ** 40, size, proof: [sibling] })).toMatch(/^[0-9a-f]{64}$/)
  expect(rootFromProof({ leaf, index: 0, size, proof: Array(41).fill(sibling) })).toMatch(/^[0-9a-f]{64}$/)
  expect(rootFromProof({ leaf, index: 0, size, proof: Array(40).fill(sibling) })).toBeNull()
})

test('places outside the tree, and hashes that are none', () => {
  const leaf = leafHash('x')
  for (const [index, size] of [
    [0, 0],
    [1, 1],
    [-1, 1],
    [0.5, 1],
    [0, 1.5],
    [Number.NaN, 1],
    [0, 2 ** 53],
  ] as const) {
    expect(rootFromProof({ leaf, index, size, proof: [] })).toBeNull()
    expect(() => new InclusionProver(index, size)).toThrow(expect.objectContaining({ code: 'PROOF_INDEX' }))
  }
  expect(rootFromProof({ leaf: leaf.subarray(1), index: 0, size: 1, proof: [] })).toBeNull()
  expect(rootFromProof({ leaf, index: 0, size: 2, proof: [leaf.subarray(1)] })).toBeNull()
})

test('too few leaves, or too many, make no proof', () => {
  const prover = new InclusionProver(1, 3)
  for (const leaf of leavesOf(2)) prover.add(leaf)
  expect(() => prover.proof()).toThrow(expect.objectContaining({ code: 'PROOF_LEAVES' }))
  for (const leaf of leavesOf(2)) prover.add(leaf)
  expect(() => prover.proof()).toThrow(expect.objectContaining({ code: 'PROOF_LEAVES' }))
})
