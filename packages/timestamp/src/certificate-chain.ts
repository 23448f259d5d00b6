import { type Certificate, sameBytes } from './certificate.ts'
import { readDer, tag } from './der.ts'
import { Fields, integerOf } from './der-values.ts'
import { objectIdentifiersIn } from './extensions.ts'
import { TimestampFault, type TimestampFindingCode } from './finding.ts'
import { oid } from './object-identifiers.ts'

/** Longer ones exist in no public hierarchy. */
const maxChainLength = 8

/** Extensions that may be critical, for they are obeyed here, or only widen what is allowed. */
const understood: ReadonlySet<string> = new Set([
  oid.keyUsage,
  oid.basicConstraints,
  oid.extendedKeyUsage,
  oid.certificatePolicies,
  oid.subjectKeyIdentifier,
  oid.subjectAltName,
  oid.issuerAltName,
])

/** From the leaf to where no issuer is found or the root is reached; of two issuers the one first in `pool` is taken. */
export function buildChain(leaf: Certificate, pool: readonly Certificate[]): readonly Certificate[] {
  const chain = [leaf]
  for (let last = leaf; chain.length < maxChainLength; ) {
    const issuer = pool.find((candidate) => !chain.includes(candidate) && isIssuedBy(last, candidate))
    if (!issuer || isIssuedBy(last, last)) break
    chain.push(issuer)
    last = issuer
  }
  return chain
}

/** By name, key identifier and usage (as OpenSSL compares them), and by signature. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  try {
    return certificate.x509.checkIssued(issuer.x509) && certificate.x509.verify(issuer.x509.publicKey)
  } catch {
    return false
  }
}

/**
 * That each certificate of a chain, leaf first, was issued by the next, which was allowed to, and that all were valid at
 * `time` (epoch milliseconds). Faults of the leaf itself are for {@link checkAuthorityCertificate}.
 */
export function* checkChain(chain: readonly Certificate[], time: number): Generator<TimestampFault> {
  if (chain.length > maxChainLength) yield fault('TIMESTAMP_CHAIN_BROKEN', `It is longer than ${maxChainLength}.`)
  for (const [index, certificate] of chain.slice(0, maxChainLength).entries()) {
    const where = index === 0 ? "The authority's certificate" : `Certificate ${index + 1} of the chain`
    const issuer = chain[index + 1] ?? (certificate.selfIssued ? certificate : null)
    if (issuer && !isIssuedBy(certificate, issuer)) {
      yield fault('TIMESTAMP_CHAIN_BROKEN', `${where} was not issued by the one after it.`)
    }
    if (index > 0 && !mayIssue(certificate, index - 1)) {
      yield fault('TIMESTAMP_CHAIN_BROKEN', `${where} may not issue the one before it.`)
    }
    for (const extension of certificate.extensions.values()) {
      if (!extension.critical || understood.has(extension.oid)) continue
      yield fault('TIMESTAMP_CRITICAL_EXTENSION', `${where} has the critical extension ${extension.oid}.`)
    }
    const { validFromDate, validToDate } = certificate.x509
    if (!(validFromDate.getTime() <= time) || hasExpired(validToDate.getTime(), time)) {
      yield fault('TIMESTAMP_CERTIFICATE_NOT_VALID', `${where} was not valid at the time of the stamp.`)
    }
  }
}

// Validity ends with the whole of its last second (RFC 5280, 4.1.2.5), the times of stamps are finer.
const lastSecondMs = 999

/** When the first certificate of a chain expires, epoch milliseconds; NaN when one does not say. */
export function chainEnd(chain: readonly Certificate[]): number {
  return Math.min(...chain.map(({ x509 }) => x509.validToDate.getTime()))
}

/** Whether a certificate that ends at `end` has expired at `time`, epoch milliseconds. */
export function hasExpired(end: number, time: number): boolean {
  return time > end + lastSecondMs
}

/** @param below - How many certificates of authorities stand between it and the leaf. */
function mayIssue(certificate: Certificate, below: number): boolean {
  const usages = extendedUsages(certificate)
  if (usages.length > 0 && !usages.includes(oid.timeStamping) && !usages.includes(oid.anyExtendedKeyUsage)) return false
  const constraints = certificate.extensions.get(oid.basicConstraints)
  if (!constraints || !certificate.x509.ca) return false
  const fields = new Fields(readDer(constraints.value, 'chain'), tag.sequence, 'extension', 'chain')
  fields.optional(tag.boolean)
  const pathLength = fields.optional(tag.integer)
  return pathLength === undefined || (integerOf(pathLength) ?? -1n) >= BigInt(below)
}

/**
 * That a certificate is one of a time authority: its only, critical, extended usage is time stamping (RFC 3161, 2.3), and
 * if its usage is restricted, then to signing.
 */
export function* checkAuthorityCertificate(certificate: Certificate): Generator<TimestampFault> {
  const critical = certificate.extensions.get(oid.extendedKeyUsage)?.critical === true
  const usages = extendedUsages(certificate)
  if (!critical || usages.length !== 1 || usages[0] !== oid.timeStamping) {
    yield fault('TIMESTAMP_NOT_AN_AUTHORITY', 'The extended key usage is not only, and critically, time stamping.')
  }
  const usage = certificate.extensions.get(oid.keyUsage)
  const bits = usage ? readDer(usage.value, 'chain') : null
  // The first two bits: digital signature, content commitment.
  if (bits && (bits.tag !== tag.bitString || ((bits.content[1] ?? 0) & 0xc0) === 0)) {
    yield fault('TIMESTAMP_NOT_AN_AUTHORITY', 'The key usage has no signing.')
  }
}

function extendedUsages({ extensions }: Certificate): readonly string[] {
  const extension = extensions.get(oid.extendedKeyUsage)
  return extension ? objectIdentifiersIn(extension.value) : []
}

/** The chain as far as it can be checked with `trusted`, or null when none of these stands in it or above it. */
export function anchoredChain(
  chain: readonly Certificate[],
  trusted: readonly Certificate[],
): readonly Certificate[] | null {
  if (chain.some((one) => trusted.some((other) => sameBytes(one.raw, other.raw)))) return chain
  const top = chain.at(-1)
  const issuer = top && trusted.find((candidate) => isIssuedBy(top, candidate))
  return issuer ? [...chain, issuer] : null
}

function fault(code: TimestampFindingCode, message: string): TimestampFault {
  return new TimestampFault(code, 'chain', message)
}
