import { statSync } from 'node:fs'
import type { OrgConfig } from '../config/schema.ts'
import type { SecretReference } from '../config/secret.ts'

/** A secret the configuration names, and by which key. */
export interface NamedSecret {
  /** `auth.users.0.clientSecret` */
  readonly key: string
  readonly reference: SecretReference
}

/** Pure. Every secret of an org but the archive secret. */
export function credentialsOf({ auth }: Pick<OrgConfig, 'auth'>): readonly NamedSecret[] {
  return auth.users.flatMap((user, index) =>
    Object.entries(user).flatMap(([name, value]: [string, unknown]) =>
      isReference(value) ? [{ key: `auth.users.${index}.${name}`, reference: value }] : [],
    ),
  )
}

function isReference(value: unknown): value is SecretReference {
  return typeof value === 'object' && value !== null && ('env' in value || 'file' in value)
}

/** The mode of a secret's file where others than its owner may use it; null where not, or where there is no such thing. */
export function openModeOf(file: string): string | null {
  if (process.platform === 'win32') return null
  try {
    const mode = statSync(file).mode & 0o777
    return (mode & 0o077) === 0 ? null : mode.toString(8).padStart(3, '0')
  } catch {
    // That it cannot be read is told where it is read.
    return null
  }
}
