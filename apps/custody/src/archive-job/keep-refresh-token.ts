import { rename, writeFile } from 'node:fs/promises'
import { usageError } from '@custody/pipeline'
import type { SecretReference } from '../config/secret.ts'

/**
 * Keeps the refresh token that took the place of the configured one: Salesforce may rotate it at any use, and the old one is
 * worth nothing then.
 *
 * @throws CustodyError `SECRET_NOT_KEPT` (usage) where it came from the environment, which nobody can write for good
 */
export async function keepRefreshToken(reference: SecretReference, token: string): Promise<void> {
  if ('env' in reference) {
    throw usageError(
      'SECRET_NOT_KEPT',
      `Salesforce replaced the refresh token of ${reference.env}, and an environment variable cannot be replaced.`,
      'Sign in anew and keep the token in a file: refreshToken: { file: PATH }.',
    )
  }
  // Whole or not at all: half a token would lock the user out.
  const written = `${reference.file}.new`
  await writeFile(written, `${token}\n`, { mode: 0o600 })
  await rename(written, reference.file)
}
