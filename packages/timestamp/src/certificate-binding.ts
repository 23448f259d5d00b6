import { createHash } from 'node:crypto'
import { readDigestAlgorithm } from './algorithm.ts'
import { type Certificate, sameBytes } from './certificate.ts'
import { type DerValue, tag } from './der.ts'
import { Fields } from './der-values.ts'
import { TimestampFault } from './finding.ts'
import { oid, sha256 } from './object-identifiers.ts'
import type { SignerInfo } from './signed-data.ts'

/**
 * That the certificate is the one the signer names, in the clear and in its signed attributes: by SHA-1 (`ESSCertID`, RFC
 * 2634) or by a better digest (`ESSCertIDv2`, RFC 5816). With the latter nobody can put another certificate of the same key
 * in its place; where both are there, both must be right.
 *
 * @throws TimestampFault `TIMESTAMP_CERTIFICATE_BINDING`, `TIMESTAMP_MALFORMED`, `TIMESTAMP_UNSUPPORTED`
 */
export function checkBinding({ identifier, attributes }: SignerInfo, certificate: Certificate): void {
  if (!isNamedBy(identifier, certificate)) throw unbound('Its signer is not who the certificate is of.')
  const first = attributes.get(oid.signingCertificate)
  const second = attributes.get(oid.signingCertificateV2)
  if (!first && !second) throw unbound('Its signature names no certificate.')
  if (first) checkIdentifier(first, certificate, false)
  if (second) checkIdentifier(second, certificate, true)
}

/** Whether a SignerIdentifier (RFC 5652, 5.3) is that of a certificate. */
export function isNamedBy(identifier: DerValue, certificate: Certificate): boolean {
  if (identifier.tag === tag.sequence) {
    const [issuer, serial, ...more] = identifier.children
    if (!issuer || !serial || more.length > 0) return false
    return sameBytes(issuer.raw, certificate.issuer.raw) && sameBytes(serial.raw, certificate.serial.raw)
  }
  const key = certificate.extensions.get(oid.subjectKeyIdentifier)
  // The extension is an OCTET STRING, short enough for one octet of length.
  return key !== undefined && sameBytes(key.value.subarray(2), identifier.content)
}

/** `SigningCertificate` and `SigningCertificateV2`: the first of the certificates they list is the signer's. */
function checkIdentifier(attribute: DerValue, certificate: Certificate, hasAlgorithm: boolean): void {
  const list = new Fields(attribute, tag.sequence, 'certificate identifier')
  const first = new Fields(list.take(tag.sequence), tag.sequence, 'certificate identifier').take(tag.sequence)
  list.optional(tag.sequence)
  list.end()

  const fields = new Fields(first, tag.sequence, 'certificate identifier')
  const algorithm = hasAlgorithm ? fields.optional(tag.sequence) : undefined
  const hash = fields.take(tag.octetString).content
  const issuerSerial = fields.optional(tag.sequence)
  fields.end()

  const digest = algorithm ? readDigestAlgorithm(algorithm) : sha256
  const expected = createHash(hasAlgorithm ? digest.name : 'sha1')
    .update(certificate.raw)
    .digest()
  if (!sameBytes(hash, expected)) throw unbound('Its signature names another certificate.')
  if (issuerSerial) checkIssuerSerial(issuerSerial, certificate)
}

function checkIssuerSerial(value: DerValue, certificate: Certificate): void {
  const fields = new Fields(value, tag.sequence, 'certificate identifier')
  const names = fields.take(tag.sequence).children
  const serial = fields.take(tag.integer)
  fields.end()
  // A directoryName is [4] around the name.
  const named = names.some(
    (name) =>
      name.tag === tag.context(4) && name.children[0] && sameBytes(name.children[0].raw, certificate.issuer.raw),
  )
  if (!named || !sameBytes(serial.raw, certificate.serial.raw))
    throw unbound('Its signature names another certificate.')
}

function unbound(message: string): TimestampFault {
  return new TimestampFault('TIMESTAMP_CERTIFICATE_BINDING', 'response', message)
}
