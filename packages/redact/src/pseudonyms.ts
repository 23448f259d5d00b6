import { createHmac, hkdfSync } from 'node:crypto'
import { usageError } from '@custody/pipeline'
import { base32 } from './base32.ts'
import type { SpanType } from './personal-data-type.ts'
import { Remembered } from './remembered.ts'
import { keyIdPattern, pseudonym, pseudonymLength } from './replacement.ts'

/** The secret behind pseudonyms. Whoever has it can test guesses; nobody else can. */
export interface PseudonymKey {
  /** At least 32 random bytes. */
  readonly key: Uint8Array
  /**
   * Names the domain inside each pseudonym. Another id is another domain, also under the same secret: its pseudonyms cannot
   * be compared with those of before, which stay as they are where they stand. @defaultValue `'k1'`
   */
  readonly keyId?: string
  /** Separates organisations under one key: equal values of two tenants get unrelated pseudonyms. @defaultValue `''` */
  readonly tenant?: string
}

/** Makes the pseudonym of a normalised value. */
export type Pseudonyms = (type: SpanType, value: string) => string

const minimumKeyBytes = 32
/** Of each type. */
const maximumRecent = 1000
const maximumLength = 1000
export const defaultKeyId = 'k1'

/**
 * Checks the key now; derives the tenant's key (HKDF-SHA-256) when the first pseudonym is asked for.
 *
 * @throws CustodyError `REDACT_KEY`, `REDACT_KEY_ID` of kind usage.
 */
export function createPseudonyms(options: PseudonymKey): Pseudonyms {
  const { keyId = defaultKeyId, tenant = '' } = options
  const domainKey = derivedKey(options, 'custody/redact/v1')
  // The same people come up again and again within a conversation; a digest costs more than everything else about a span.
  const recent = new Map<SpanType, Remembered<string>>()
  return (type, value) => {
    const ofType = recent.get(type) ?? new Remembered<string>(maximumRecent, maximumLength)
    recent.set(type, ofType)
    return ofType.of(value, () => {
      const digest = createHmac('sha256', domainKey()).update(`v1|${tenant}|${type}|${value}`).digest()
      return pseudonym(type, keyId, base32(digest, pseudonymLength))
    })
  }
}

/**
 * Makes hashes of values for a log of findings: 80 bits, comparable within a tenant and key id, and with no pseudonym.
 *
 * @throws CustodyError `REDACT_KEY`, `REDACT_KEY_ID` of kind usage.
 */
export function createFindingHashes(options: PseudonymKey): (type: SpanType, value: string) => string {
  const findingKey = derivedKey(options, 'custody/redact/findings/v1')
  return (type, value) => base32(createHmac('sha256', findingKey()).update(`${type}|${value}`).digest(), 16)
}

/** One key for each use, tenant and domain, so that none says anything of another. Derived when it is first needed. */
function derivedKey({ key, keyId = defaultKeyId, tenant = '' }: PseudonymKey, use: string): () => Buffer {
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
  // The first domain has no name in its key: its pseudonyms stand in archives already.
  const domain = keyId === defaultKeyId ? '' : `\0${keyId}`
  let derived: Buffer | undefined
  return () => {
    derived ??= Buffer.from(hkdfSync('sha256', key, '', `${use}|${tenant}${domain}`, 32))
    return derived
  }
}
