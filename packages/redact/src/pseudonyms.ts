import { createHmac, hkdfSync } from 'node:crypto'
import { usageError } from '@custody/pipeline'
import { base32 } from './base32.ts'
import type { PersonalDataType } from './personal-data-type.ts'
import { keyIdPattern, pseudonym, pseudonymLength } from './replacement.ts'

/** The secret behind pseudonyms. Whoever has it can test guesses; nobody else can. */
export interface PseudonymKey {
  /** At least 32 random bytes. */
  readonly key: Uint8Array
  /** Names the key inside each pseudonym, so that a rotation shows. @defaultValue `'k1'` */
  readonly keyId?: string
  /** Separates organisations under one key: equal values of two tenants get unrelated pseudonyms. @defaultValue `''` */
  readonly tenant?: string
}

/** Makes the pseudonym of a normalised value. */
export type Pseudonyms = (type: PersonalDataType, value: string) => string

const minimumKeyBytes = 32
const maximumRecent = 1000

/**
 * Checks the key now; derives the tenant's key (HKDF-SHA-256) when the first pseudonym is asked for.
 *
 * @throws CustodyError `REDACT_KEY`, `REDACT_KEY_ID` of kind usage.
 */
export function createPseudonyms({ key, keyId = 'k1', tenant = '' }: PseudonymKey): Pseudonyms {
  if (!(key instanceof Uint8Array) || key.byteLength < minimumKeyBytes) {
    throw usageError(
      'REDACT_KEY',
      `redact: the key must be a Uint8Array of at least ${minimumKeyBytes} bytes`,
      'Make one with `openssl rand -out redaction.key 32` and keep it out of the archive.',
    )
  }
  if (!keyIdPattern.test(keyId)) {
    throw usageError(
      'REDACT_KEY_ID',
      'redact: keyId must be one to sixteen lower-case letters and digits, a letter first',
    )
  }
  let tenantKey: Buffer | undefined
  // The same people come up again and again within a conversation; a digest costs more than everything else about a span.
  const recent = new Map<string, string>()
  return (type, value) => {
    const input = `v1|${tenant}|${type}|${value}`
    const known = recent.get(input)
    if (known) return known
    tenantKey ??= Buffer.from(hkdfSync('sha256', key, '', `custody/redact/v1|${tenant}`, 32))
    const digest = createHmac('sha256', tenantKey).update(input).digest()
    const made = pseudonym(type, keyId, base32(digest, pseudonymLength))
    if (recent.size >= maximumRecent) recent.clear()
    recent.set(input, made)
    return made
  }
}
