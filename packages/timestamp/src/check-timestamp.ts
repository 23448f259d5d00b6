import { createHash } from 'node:crypto'
import { canonicalResponse } from './canonical-response.ts'
import { type Certificate, sameBytes } from './certificate.ts'
import { checkBinding } from './certificate-binding.ts'
import { anchoredChain, chainEnd, checkAuthorityCertificate, checkChain, hasExpired } from './certificate-chain.ts'
import { checkCanonicalPem, parsePem } from './certificate-pem.ts'
import { TimestampFault, type TimestampFinding } from './finding.ts'
import { sha256 } from './object-identifiers.ts'
import { checkSignature } from './signature.ts'
import { readSignedData, type SignedData } from './signed-data.ts'
import { readTimestampResponse } from './timestamp-response.ts'
import { readTstInfo, type TstInfo } from './tst-info.ts'

/** What a timestamp is checked against. */
export interface CheckTimestampOptions {
  /** The stored response, DER (`seal.tsr`). */
  readonly response: Uint8Array
  /** The stored certificates, PEM, leaf first (`tsa-chain.pem`). Bytes are best: decoding may repair what was broken. */
  readonly chainPem: string | Uint8Array
  /** What was stamped. */
  readonly bytes: Uint8Array
  /** The moment for which to say whether the certificates have expired. @defaultValue none: it is not asked */
  readonly at?: Date
  /** PEM of certificates, of which one has to stand in the chain or above it. @defaultValue none: nobody vouches for it */
  readonly trusted?: string
}

/** What a timestamp says, and what of it holds. */
export interface TimestampCheck {
  /** When the bytes existed, according to the authority: ISO 8601, UTC, milliseconds. Null when it cannot be read. */
  readonly time: string | null
  /** Of the stamp, hexadecimal. */
  readonly serial: string | null
  /** Under which the authority works, in dotted form. */
  readonly policy: string | null
  /** The subject of its certificate: the name of an organisation. */
  readonly authority: string | null
  /**
   * - `verified`: a trusted certificate stands behind the stamp.
   * - `expired`: the same, but a certificate has expired by `at`. No finding: the stamp proves a time at its making. What
   *   guards it from then on is the next seal of the chain, whose stamp is over this one's digest.
   * - `not-verified`: no trusted certificate was given, or there are findings.
   */
  readonly chain: 'verified' | 'expired' | 'not-verified'
  /** When the first certificate of the chain expires, or has expired. */
  readonly validUntil: string | null
  /** Everything that is wrong; the stamp is good when there is none. */
  readonly findings: readonly TimestampFinding[]
}

/**
 * Checks a stored timestamp: what it is of, who signed it, and whether they could at that time. Pure: it reads no clock and
 * no file, and asks nobody; revocation is not looked up. Whatever the bytes are, it returns, and never throws for them.
 *
 * @throws CustodyError never. A `trusted` that holds no certificate is a finding.
 */
export function checkTimestamp(options: CheckTimestampOptions): TimestampCheck {
  const { response, bytes, at } = options
  const findings: TimestampFinding[] = []
  /** Runs one check; the others go on when it fails. */
  const attempt = <T>(check: () => T): T | null => {
    try {
      return check()
    } catch (error) {
      findings.push(findingOf(error))
      return null
    }
  }

  const pem = textOf(options.chainPem)
  const chain = attempt(() => parsePem(pem)) ?? []
  const signedData = attempt(() => readToken(response))
  const info = signedData && attempt(() => readTstInfo(signedData.content))
  if (info) {
    attempt(() => checkImprint(info, bytes))
    attempt(() => checkExtensions(info))
  }
  const [leaf] = chain
  if (leaf) {
    attempt(() => checkCanonicalPem(pem, chain))
    attempt(() => collect(checkAuthorityCertificate(leaf), findings))
  }
  if (leaf && signedData) {
    attempt(() => checkForm(response, signedData, chain))
    attempt(() => checkBinding(signedData.signer, leaf))
    attempt(() => checkSignature(signedData, leaf.x509.publicKey))
  }
  const trusted = options.trusted === undefined ? null : attempt(() => parsePem(options.trusted ?? ''))
  const anchored = trusted && anchoredChain(chain, trusted)
  if (trusted && leaf && !anchored) findings.push(untrusted)
  const full = anchored ?? chain
  if (info) attempt(() => collect(checkChain(full, Date.parse(info.time)), findings))

  const end = chainEnd(full)
  const verified = anchored !== null && findings.length === 0
  return {
    time: info?.time ?? null,
    serial: info?.serial ?? null,
    policy: info?.policy ?? null,
    authority: leaf ? subjectOf(leaf) : null,
    chain: !verified ? 'not-verified' : at && hasExpired(end, at.getTime()) ? 'expired' : 'verified',
    validUntil: Number.isFinite(end) ? new Date(end).toISOString() : null,
    findings,
  }
}

function readToken(response: Uint8Array): SignedData {
  const { granted, token } = readTimestampResponse(response)
  if (granted && token) return readSignedData(token)
  throw new TimestampFault('TIMESTAMP_NOT_GRANTED', 'response', 'It is a refusal: the authority stamped nothing.')
}

function checkForm(response: Uint8Array, signedData: SignedData, chain: readonly Certificate[]): void {
  if (sameBytes(canonicalResponse(signedData, chain), response)) return
  const message =
    'Bytes that nobody signed are not as they were stored, or its certificates are not those of the chain.'
  throw new TimestampFault('TIMESTAMP_NOT_CANONICAL', 'response', message)
}

function checkImprint({ imprint }: TstInfo, bytes: Uint8Array): void {
  const digest = createHash('sha256').update(bytes).digest()
  if (imprint.algorithm === sha256.oid && sameBytes(imprint.digest, digest)) return
  throw new TimestampFault('TIMESTAMP_WRONG_IMPRINT', 'response', 'It is a timestamp of other bytes.')
}

function checkExtensions({ criticalExtensions: [first] }: TstInfo): void {
  if (first === undefined) return
  throw new TimestampFault('TIMESTAMP_CRITICAL_EXTENSION', 'response', `It has the critical extension ${first}.`)
}

function collect(faults: Iterable<TimestampFault>, findings: TimestampFinding[]): void {
  for (const fault of faults) findings.push(fault.finding)
}

/** What has no code of its own is a value that is none: a certificate whose dates or key cannot be read, say. */
function findingOf(error: unknown): TimestampFinding {
  if (error instanceof TimestampFault) return error.finding
  return { code: 'TIMESTAMP_MALFORMED', part: 'response', message: 'It cannot be read.' }
}

const untrusted: TimestampFinding = {
  code: 'TIMESTAMP_UNTRUSTED',
  part: 'chain',
  message: 'None of the trusted certificates stands behind the authority.',
}

/** One octet, one character: so no decoder repairs or drops any. */
function textOf(pem: string | Uint8Array): string {
  return typeof pem === 'string' ? pem : Buffer.from(pem).toString('latin1')
}

/** OpenSSL escapes control characters in it. */
function subjectOf({ x509 }: Certificate): string {
  return (x509.subject ?? '').split('\n').join(', ').slice(0, maxSubjectLength)
}

const maxSubjectLength = 500
