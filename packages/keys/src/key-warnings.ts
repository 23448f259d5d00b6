import { join } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import { publicKeyFingerprint } from '@custody/seal'
import { isLocked } from './key-change.ts'
import { keyFiles, modeOf } from './key-files.ts'
import { currentOf } from './key-history.ts'
import type { KeyState } from './key-state.ts'
import { isEncrypted, openPrivateKey, rawPublicKey } from './private-key.ts'

/** How the private key stands on the disk. */
export type PrivateKeyState = 'encrypted' | 'unencrypted' | 'unreadable' | 'missing'

/** The public half of a private key that lies open. */
export function openKeyOf({ privateKey, privateKeyPath }: KeyState): Uint8Array | null {
  if (privateKey === null || isEncrypted(privateKey.text) !== false) return null
  try {
    return rawPublicKey(openPrivateKey(privateKey.text, undefined, privateKeyPath))
  } catch (error) {
    if (CustodyError.isInstance(error)) return null
    throw error
  }
}

export function privateKeyState(state: KeyState): PrivateKeyState {
  if (state.privateKey === null) return 'missing'
  const encrypted = isEncrypted(state.privateKey.text)
  if (encrypted === true) return 'encrypted'
  return openKeyOf(state) === null ? 'unreadable' : 'unencrypted'
}

/** What is wrong with single files. */
export async function fileWarnings(state: KeyState): Promise<readonly string[]> {
  const { directory, privateKey, privateKeyPath, publicKey, interrupted } = state
  const publicKeyPath = join(directory, keyFiles.publicKey)
  const warnings: string[] = []
  const warnOfMode = (path: string, mode: number, needed: number): void => {
    if ((mode & 0o077) === 0) return
    warnings.push(
      `Others than its owner may use ${path} (mode ${mode.toString(8)}); it should be ${needed}: chmod ${needed} ${path}`,
    )
  }
  warnOfMode(directory, (await modeOf(directory)) ?? 0, 700)
  if (privateKey) warnOfMode(privateKeyPath, privateKey.mode, 600)
  if (interrupted)
    warnings.push('A change of keys was interrupted. Run the command again that made it, init or rotate.')
  if (await isLocked(directory)) {
    warnings.push('Another run is changing these keys, or was killed before it changed anything.')
  }
  if (privateKey === null) warnings.push(`The private key ${privateKeyPath} is missing.`)
  if (privateKeyState(state) === 'unreadable') warnings.push(`${privateKeyPath} holds no key that can be read.`)
  if (publicKey === null) {
    warnings.push(
      `${publicKeyPath} is missing. Write it anew: openssl pkey -in ${privateKeyPath} -pubout -out ${publicKeyPath}`,
    )
  }
  return warnings
}

/** What does not belong together. */
export function matchWarnings(
  { publicKey, history, interrupted }: KeyState,
  open: Uint8Array | null,
): readonly string[] {
  if (interrupted) return []
  const warnings: string[] = []
  const present = publicKey ?? open
  const expected = currentOf(history)
  if (expected === null) warnings.push(`No note tells where the current key comes from: ${keyFiles.starts} is missing.`)
  else if (present && publicKeyFingerprint(present) !== expected) {
    warnings.push(`By the notes, ${expected} is the current key, not the one that stands here.`)
  }
  if (publicKey && open && !Buffer.from(open).equals(publicKey)) {
    warnings.push('The private key and the public key beside it do not belong together.')
  }
  return warnings
}
