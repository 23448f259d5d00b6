export { leafHash, MerkleTree } from './merkle-tree.ts'
export type { Signer } from './signer.ts'
