/** Where the files of a seal stand in an archive. */
export const SEAL_FOLDER = 'seal/'
/** Where the files of superseded seals stand, each in a folder named by the digest of its seal. */
export const SEAL_HISTORY_FOLDER = 'seal/history/'

/** The files of one seal, by what they are. */
export const sealFile = {
  text: 'seal.txt',
  note: 'seal.note',
  signature: 'seal.txt.ed25519',
  sshSignature: 'seal.txt.sig',
  publicKey: 'signer.pub',
  allowedSigners: 'allowed_signers',
  checkpoint: 'records.checkpoint',
  prevSeal: 'prev.seal.txt',
  transitions: 'key-transitions.note',
  timestamp: 'seal.tsr',
  timestampChain: 'tsa-chain.pem',
  manifest: 'seal-manifest.note',
} as const

const optional: ReadonlySet<string> = new Set([
  sealFile.prevSeal,
  sealFile.transitions,
  sealFile.timestamp,
  sealFile.timestampChain,
])
const known: ReadonlySet<string> = new Set(Object.values(sealFile))

/** What every seal has. */
export const requiredSealFiles: readonly string[] = Object.values(sealFile).filter((name) => !optional.has(name))

/** The place of a file within `seal/`. */
export interface SealPlace {
  /** Digest of the superseded seal it belongs to; null for the seal that holds. */
  readonly superseded: string | null
  readonly name: string
}

/** Null for a path at which no seal has a file. */
export function sealPlace(path: string): SealPlace | null {
  const [, superseded = null, name = ''] = /^seal\/(?:history\/([0-9a-f]{64})\/)?([a-z0-9_.-]+)$/.exec(path) ?? []
  return known.has(name) ? { superseded, name } : null
}

/** The folder of a seal, with its slash at the end. */
export function sealFolder(superseded: string | null): string {
  return superseded === null ? SEAL_FOLDER : `${SEAL_HISTORY_FOLDER}${superseded}/`
}
