import { inspectSeal, parsePublicKey, publicKeyFingerprint, verifySignature } from '@custody/seal'

/** Fingerprints of the keys that ever sealed for us. */
export type OwnKeys = ReadonlySet<string>

const nothing = {
  archiveId: null,
  period: null,
  mode: null,
  verdict: null,
  tagManifestSha256: null,
  payloadOxum: null,
  records: null,
  recordsRoot: null,
  erased: null,
}

/**
 * Whether one of our keys signed the seal, and everything that is said beside it: of a whole `seal/` each file, of the head that is kept in
 * the state directory its text.
 */
export function sealedByUs(files: ReadonlyMap<string, Uint8Array>, keys: OwnKeys): boolean {
  const text = files.get('seal/seal.txt')
  const signature = files.get('seal/seal.txt.ed25519')
  const key = parsePublicKey(Buffer.from(files.get('seal/signer.pub') ?? []).toString('utf8'))
  if (!text || !signature || key === null || !keys.has(publicKeyFingerprint(key))) return false
  if (!verifySignature(key, text, signature)) return false
  return files.size === 3 || inspectSeal(files, { bag: nothing }).findings.length === 0
}
