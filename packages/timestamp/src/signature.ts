import { constants, createHash, type KeyObject, verify } from 'node:crypto'
import { type Algorithm, hasNoParameters, readAlgorithm } from './algorithm.ts'
import { sameBytes } from './certificate.ts'
import { tag } from './der.ts'
import { Fields, integerOf, objectIdentifierOf } from './der-values.ts'
import { TimestampFault } from './finding.ts'
import { type DigestName, oid } from './object-identifiers.ts'
import type { SignedData, SignerInfo } from './signed-data.ts'

// Below these a signature is no evidence for decades; curves without a name have parameters of somebody's choice.
const minRsaBits = 2_048
const curves: ReadonlySet<string> = new Set([
  'prime256v1',
  'secp384r1',
  'secp521r1',
  'brainpoolP256r1',
  'brainpoolP384r1',
  'brainpoolP512r1',
])

/**
 * That the signed attributes are about this content, and that `key` signed them (RFC 5652, 5.4 and 5.6).
 *
 * @throws TimestampFault `TIMESTAMP_BAD_SIGNATURE`, `TIMESTAMP_UNSUPPORTED`, `TIMESTAMP_MALFORMED`
 */
export function checkSignature({ content, signer }: SignedData, key: KeyObject): void {
  const { attributes, digest, signedAttributes, signature } = signer
  const type = attributes.get(oid.contentType)
  if (type?.tag !== tag.objectIdentifier || objectIdentifierOf(type) !== oid.tstInfo) {
    throw badSignature('What it signs is not named a statement of time.')
  }
  const contentDigest = attributes.get(oid.messageDigest)
  const expected = createHash(digest.name).update(content).digest()
  if (contentDigest?.tag !== tag.octetString || !sameBytes(contentDigest.content, expected)) {
    throw badSignature('Its signature is over another statement of time.')
  }
  const scheme = signatureScheme(signer, key)
  // Signed is the SET that they are, not the [0] that stands in its place.
  const signed = Buffer.from(signedAttributes.raw)
  signed[0] = tag.set
  if (!matches(digest, signed, { key, ...scheme }, signature)) {
    throw badSignature('Its signature was not made with the key of its certificate.')
  }
}

function matches(
  digest: DigestName,
  signed: Uint8Array,
  key: object & { key: KeyObject },
  signature: Uint8Array,
): boolean {
  try {
    return verify(digest.name, signed, key, signature)
  } catch {
    return false
  }
}

type Scheme = { readonly padding: number; readonly saltLength?: number } | { readonly dsaEncoding: 'der' }

function signatureScheme({ algorithm, digest }: SignerInfo, key: KeyObject): Scheme {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  if (type === 'rsa' || type === 'rsa-pss') {
    if ((details?.modulusLength ?? 0) < minRsaBits) throw unsupported(`an RSA key below ${minRsaBits} bits`)
    if (algorithm.oid === oid.rsaPss) {
      return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: pssSaltLength(algorithm, digest) }
    }
    if (type === 'rsa' && isPlainRsa(algorithm, digest)) return { padding: constants.RSA_PKCS1_PADDING }
  }
  if (type === 'ec' && algorithm.oid === digest.withEcdsa && algorithm.parameters === undefined) {
    if (!curves.has(details?.namedCurve ?? '')) throw unsupported('an unknown curve')
    return { dsaEncoding: 'der' }
  }
  throw unsupported('an unknown signature algorithm')
}

/** PKCS#1 v1.5, for which authorities write either of two names (RFC 3370, 3.2). */
export function isPlainRsa(algorithm: Algorithm, digest: DigestName): boolean {
  return [oid.rsa, digest.withRsa].includes(algorithm.oid) && hasNoParameters(algorithm)
}

/** The salt length of RSASSA-PSS parameters that use one digest throughout (RFC 4055, 3.1). */
function pssSaltLength({ parameters }: Algorithm, digest: DigestName): number {
  if (!parameters) throw unsupported('RSASSA-PSS with SHA-1')
  const fields = new Fields(parameters, tag.sequence, 'signature algorithm')
  const inner = (number: number): Fields =>
    new Fields(fields.take(tag.context(number)), tag.context(number), 'signature algorithm')
  const hash = readAlgorithm(inner(0).take(tag.sequence))
  const mask = readAlgorithm(inner(1).take(tag.sequence))
  // The default is 20, and DER leaves a default out.
  const explicitSalt = fields.optional(tag.context(2))
  const salt = explicitSalt && new Fields(explicitSalt, tag.context(2), 'signature algorithm').take(tag.integer)
  fields.end()
  const maskHash = mask.parameters && readAlgorithm(mask.parameters)
  if (hash.oid !== digest.oid || mask.oid !== oid.mgf1 || maskHash?.oid !== digest.oid) {
    throw unsupported('RSASSA-PSS with two digests')
  }
  if (!hasNoParameters(hash) || !hasNoParameters(maskHash)) throw fields.fault()
  const length = salt ? integerOf(salt) : 20n
  if (length === null || length < 0n || length > 512n) throw fields.fault()
  return Number(length)
}

function badSignature(message: string): TimestampFault {
  return new TimestampFault('TIMESTAMP_BAD_SIGNATURE', 'response', message)
}

function unsupported(what: string): TimestampFault {
  return new TimestampFault('TIMESTAMP_UNSUPPORTED', 'response', `It is signed with ${what}.`)
}
