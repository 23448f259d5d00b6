import { readFileSync } from 'node:fs'
import { commandSigner, listKeys, openSigner } from '@custody/keys'
import { type CustodyError, usageError } from '@custody/pipeline'
import { parsePublicKey, publicKeyFingerprint, type Signer } from '@custody/seal'
import type { SealConfig } from '../config/seal-schema.ts'
import { readSecret } from '../config/secret.ts'
import type { OwnKeys } from './sealed-by-us.ts'

/** Who seals. */
export interface SealSigner extends Signer {
  readonly fingerprint: string
  /** The notes by which earlier keys handed over to this one; undefined for none. */
  readonly transitions: string | undefined
  /** Of this key and all that sealed before it. */
  readonly keys: OwnKeys
}

/** Opens what the configuration names: the key of a directory, or a program. A key that cannot be opened shows here, before any work. */
export async function openSealSigner(
  { keys, passphrase, signer }: SealConfig,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<SealSigner> {
  if (signer === undefined) {
    const secret = passphrase && readSecret(passphrase, 'seal.passphrase', env)
    const key = await openSigner({ directory: keys, ...(secret !== undefined && { passphrase: secret }) })
    return { ...key, keys: new Set([key.fingerprint, ...(await knownKeys(keys))]) }
  }
  const publicKey = readPublicKey(signer.publicKey)
  const external = commandSigner({ command: signer.command, publicKey, signal })
  const fingerprint = publicKeyFingerprint(publicKey)
  return { ...external, fingerprint, transitions: undefined, keys: new Set([fingerprint]) }
}

/** Whose seals are ours, which is known without opening any key. */
export async function ownKeys({ keys, signer }: SealConfig): Promise<OwnKeys> {
  if (signer === undefined) return new Set(await knownKeys(keys))
  return new Set([publicKeyFingerprint(readPublicKey(signer.publicKey))])
}

async function knownKeys(directory: string): Promise<readonly string[]> {
  return (await listKeys({ directory })).keys.map(({ fingerprint }) => fingerprint)
}

function readPublicKey(file: string): Uint8Array {
  const unreadable = (why: string): CustodyError =>
    usageError('KEY_FILE', `seal.signer.publicKey: ${file}: ${why}.`, 'Name a file with its Ed25519 public key in PEM.')
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw unreadable(`it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`)
  }
  const key = parsePublicKey(text)
  if (key === null) throw unreadable('it is no Ed25519 public key')
  return key
}
