import { readFileSync } from 'node:fs'
import { usageError } from '@custody/pipeline'
import { parsePublicKey } from '@custody/seal'

/**
 * The keys that somebody named to be trusted, in files separated by commas: SPKI PEM, OpenSSH or a C2SP verifier key, one in each. Null
 * where nobody named any.
 *
 * @throws CustodyError `KEY_FILE` of kind usage
 */
export function readTrustedKeys(files: string | undefined): readonly Uint8Array[] | null {
  return files === undefined ? null : files.split(',').map((file) => readKey(file.trim()))
}

function readKey(file: string): Uint8Array {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw unreadable(file, `it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`)
  }
  const key = parsePublicKey(text)
  if (key === null) throw unreadable(file, 'it is no Ed25519 public key')
  return key
}

function unreadable(file: string, why: string): ReturnType<typeof usageError> {
  return usageError(
    'KEY_FILE',
    `--key ${file}: ${why}.`,
    'Name a public key: PEM, an OpenSSH line or a C2SP verifier key, as custody keys export prints it.',
  )
}
