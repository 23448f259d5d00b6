import { readFileSync } from 'node:fs'
import { usageError } from '@custody/pipeline'

/** Where a secret is to be read from. Never the secret itself. */
export type SecretReference = { readonly env: string } | { readonly file: string }

/**
 * Reads a secret. One trailing line end of a file is taken off, as editors add it.
 *
 * @throws CustodyError `SECRET_MISSING` of kind usage, naming the place and never the value.
 */
export function readSecret(reference: SecretReference, where: string, env: NodeJS.ProcessEnv): string {
  if ('env' in reference) {
    const value = env[reference.env]
    if (value) return value
    throw usageError(
      'SECRET_MISSING',
      `${where}: the environment variable ${reference.env} is not set.`,
      `Set ${reference.env}, or name a file with { file: PATH }.`,
    )
  }
  try {
    const value = readFileSync(reference.file, 'utf8').replace(/\r?\n$/, '')
    if (value) return value
  } catch (error) {
    throw usageError(
      'SECRET_MISSING',
      `${where}: the file ${reference.file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      'Check the path and its permissions.',
    )
  }
  throw usageError('SECRET_MISSING', `${where}: the file ${reference.file} is empty.`, 'Write the secret into it.')
}

/** The fewest bytes a key may have: as many as HMAC-SHA-256 gives out (RFC 2104 section 3). */
const minimumKeyBytes = 32

/**
 * Reads a key: hex of at least 64 digits, or any text of at least 32 bytes.
 *
 * @throws CustodyError `SECRET_TOO_SHORT` of kind usage.
 */
export function readKey(reference: SecretReference, where: string, env: NodeJS.ProcessEnv): Uint8Array {
  const text = readSecret(reference, where, env)
  const key = /^([0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'utf8')
  if (key.length >= minimumKeyBytes) return key
  throw usageError(
    'SECRET_TOO_SHORT',
    `${where}: the key has ${key.length} bytes, at least ${minimumKeyBytes} are needed.`,
    'Make one with: openssl rand -hex 32',
  )
}
