export { type ChainFinding, type ChainLink, type ChainOptions, type ChainReport, checkChain } from './check-chain.ts'
export { type Checkpoint, encodeCheckpoint, parseCheckpoint, parseRecordsOrigin, recordsOrigin } from './checkpoint.ts'
export { type InclusionClaim, InclusionProver, inclusionProof, rootFromProof } from './inclusion-proof.ts'
export type { StoredTimestamp, TimeFindings, TimestampCheck } from './inspect-parts.ts'
export {
  type BagFact,
  type BagFacts,
  type InspectSealOptions,
  inspectSeal,
  SEAL_FILES_MAX,
  type SealInspection,
  type Trust,
} from './inspect-seal.ts'
export {
  encodeTransition,
  type KeyTransition,
  keysReachedFrom,
  makeTransition,
  newKeySigned,
  parseTransitions,
  type SignedTransition,
  signedBy,
  TRANSITION_KEY_NAME,
} from './key-transition.ts'
export { leafHash, MerkleTree } from './merkle-tree.ts'
export { parsePublicKey, publicKeyFingerprint, publicKeyPem, sshPublicKey, verifySignature } from './public-key.ts'
export { makeSealFiles, type SealFilesOptions, type SealTimestamp, supersededHistory } from './seal-files.ts'
export type { SealFinding } from './seal-findings.ts'
export { SEAL_FOLDER, SEAL_HISTORY_FOLDER, sealFile } from './seal-paths.ts'
export { encodeSeal, isOrigin, parseSeal, type Seal, sealDigest } from './seal-text.ts'
export {
  encodeNote,
  NOTE_BYTES_MAX,
  NOTE_SIGNATURES_MAX,
  type NoteLimits,
  type NoteSignature,
  noteSignature,
  parseNote,
  type SignedNote,
  sign,
  signNote,
  verifyNote,
} from './signed-note.ts'
export type { Signer } from './signer.ts'
export {
  encodeSshSignature,
  parseSshSignature,
  SEAL_NAMESPACE,
  SEAL_PRINCIPAL,
  type SshSignature,
  sshSignedData,
  verifySshSignature,
} from './ssh-signature.ts'
export {
  encodeTlogProof,
  type ParsedTlogProof,
  parseTlogProof,
  type TlogProof,
  verifyTlogProof,
} from './tlog-proof.ts'
export { encodeVerifierKey, isKeyName, keyId, parseVerifierKey, type VerifierKey } from './verifier-key.ts'
