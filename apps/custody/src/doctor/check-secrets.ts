import type { OrgConfig } from '../config/schema.ts'
import { readKey, readSecret, type SecretReference } from '../config/secret.ts'
import { about, type Finding, fail, failureOf, ok, warn } from './finding.ts'
import { credentialsOf, openModeOf } from './secret-files.ts'

/** Every credential of the execution users: there, not empty, and nobody else's to read. */
export function checkCredentials(alias: string, org: OrgConfig, env: NodeJS.ProcessEnv): readonly Finding[] {
  const findings = credentialsOf(org).flatMap(({ key, reference }) => {
    const where = `orgs.${alias}.${key}`
    const found = readable(() => readSecret(reference, where, env), reference)
    // Missing credentials are a matter of signing in.
    return found.status === 'ok' ? [] : [about(key, found.status === 'fail' ? { ...found, isSignIn: true } : found)]
  })
  return findings.length > 0 ? findings : [ok('each one can be read, and by nobody else')]
}

/** The key that salts and pseudonyms derive from. Without it nothing is archived; with another one nothing can be compared. */
export function checkArchiveSecret(alias: string, org: OrgConfig, env: NodeJS.ProcessEnv): Finding {
  const { archiveSecret } = org
  if (archiveSecret === undefined) {
    return fail(
      'ARCHIVE_SECRET_MISSING',
      `orgs.${alias}.archiveSecret is not in the configuration; archiving needs it.`,
      'Make one with: openssl rand -hex 32',
      'Keep a copy in a safe place: with another one, pseudonyms and the ledger begin anew.',
    )
  }
  return readable(() => readKey(archiveSecret, `orgs.${alias}.archiveSecret`, env), archiveSecret)
}

function readable(read: () => unknown, reference: SecretReference): Finding {
  try {
    read()
  } catch (error) {
    return failureOf(error)
  }
  const mode = 'file' in reference ? openModeOf(reference.file) : null
  if (mode === null || !('file' in reference)) return ok('it can be read, and by nobody else')
  return warn(
    'SECRET_FILE_OPEN',
    `${reference.file} has mode ${mode}: others on this machine may read the secret.`,
    `chmod 600 ${reference.file}`,
  )
}
