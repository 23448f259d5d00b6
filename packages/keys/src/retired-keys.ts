import { join } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import { parseTransitions, publicKeyFingerprint, type SignedTransition } from '@custody/seal'
import { keyFiles, readPlainFile, retiredFile } from './key-files.ts'
import { readPublicKey } from './key-state.ts'

/** What `retired/` holds. */
export interface RetiredKeys {
  /** By fingerprint. */
  readonly publicKeys: ReadonlyMap<string, Uint8Array>
  /** Of chains before the present one. */
  readonly transitions: readonly SignedTransition[]
  /** What is not as it was written, a sentence each. */
  readonly warnings: readonly string[]
}

/** Reads the files of retired keys. One that is damaged does not hide the others. */
export async function readRetired(directory: string, names: readonly string[]): Promise<RetiredKeys> {
  const publicKeys = new Map<string, Uint8Array>()
  const transitions: SignedTransition[] = []
  const warnings: string[] = []
  for (const name of names) {
    const path = join(directory, keyFiles.retired, name)
    try {
      if (name.endsWith('.pub')) {
        const publicKey = await readPublicKey(path)
        const fingerprint = publicKey && publicKeyFingerprint(publicKey)
        if (publicKey && fingerprint && retiredFile(fingerprint) === join(keyFiles.retired, name)) {
          publicKeys.set(fingerprint, publicKey)
        } else warnings.push(`${path} holds another key than its name says.`)
      } else {
        const notes = parseTransitions((await readPlainFile(path))?.text ?? '')
        if (notes === null) warnings.push(`${path} is no file of a retired key.`)
        else transitions.push(...notes)
      }
    } catch (error) {
      if (!CustodyError.isInstance(error)) throw error
      warnings.push(error.message)
    }
  }
  return { publicKeys, transitions, warnings }
}
