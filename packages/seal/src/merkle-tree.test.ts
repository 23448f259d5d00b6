import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { leafHash, MerkleTree } from './merkle-tree.ts'

/** RFC 9162 §2.1.1 as it is written there: split at the largest power of two below n. */
function rootByDefinition(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return createHash('sha256').digest()
  if (leaves.length === 1) return leaves[0] as Buffer
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return createHash('sha256')
    .update(Buffer.of(1))
    .update(rootByDefinition(leaves.slice(0, split)))
    .update(rootByDefinition(leaves.slice(split)))
    .digest()
}

test('the roots are those of the Certificate Transparency test vectors', () => {
  // https://github.com/google/certificate-transparency, merkle_tree_test.cc
  const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
  const tree = new MerkleTree()
  expect(tree.root()).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  const roots = inputs.map((input) => {
    tree.add(leafHash(Buffer.from(input, 'hex')))
    return tree.root()
  })
  expect(roots[0]).toBe('6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d')
  expect(roots[7]).toBe('5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328')
  expect(tree.size).toBe(8)
})

test('every size up to 70 has the root of the definition', () => {
  const tree = new MerkleTree()
  const leaves: Buffer[] = []
  for (let size = 0; size <= 70; size++) {
    expect(tree.root()).toBe(rootByDefinition(leaves).toString('hex'))
    const leaf = leafHash(`record ${size}`)
    leaves.push(leaf)
    tree.add(leaf)
  }
})
