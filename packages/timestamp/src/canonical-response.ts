import { encodeAlgorithm } from './algorithm.ts'
import { type Certificate, sameBytes } from './certificate.ts'
import { encodeDer, tag } from './der.ts'
import { encodeInteger, encodeObjectIdentifier } from './der-values.ts'
import { oid } from './object-identifiers.ts'
import { isPlainRsa } from './signature.ts'
import type { SignedData } from './signed-data.ts'

/**
 * The response as it is stored: every signed byte as the authority wrote it, and around these nothing that could be changed
 * without notice. A reply is usually so already; then this gives its very bytes. Otherwise it leaves out what nobody signed:
 * the status text, revocation lists, unsigned attributes, certificates that are not in the chain.
 */
export function canonicalResponse(
  { encapsulated, certificates, signer }: SignedData,
  chain: readonly Certificate[],
): Uint8Array {
  const kept = certificates.filter(
    (raw, index) =>
      chain.some((certificate) => sameBytes(certificate.raw, raw)) &&
      certificates.findIndex((other) => sameBytes(other, raw)) === index,
  )
  const byIssuer = signer.identifier.tag === tag.sequence
  const signerInfo = encodeDer(
    tag.sequence,
    encodeInteger(byIssuer ? 1n : 3n),
    signer.identifier.raw,
    signer.digestAlgorithm.raw,
    signer.signedAttributes.raw,
    // It has two names, which could be exchanged without notice.
    isPlainRsa(signer.algorithm, signer.digest) ? encodeAlgorithm(oid.rsa) : signer.algorithmValue.raw,
    encodeDer(tag.octetString, signer.signature),
  )
  const signedData = encodeDer(
    tag.sequence,
    encodeInteger(3n),
    encodeDer(tag.set, signer.digestAlgorithm.raw),
    encapsulated.raw,
    kept.length === 0 ? Uint8Array.of() : encodeDer(tag.context(0), ...kept),
    encodeDer(tag.set, signerInfo),
  )
  const token = encodeDer(tag.sequence, signedDataOid, encodeDer(tag.context(0), signedData))
  return encodeDer(tag.sequence, granted, token)
}

const signedDataOid = encodeObjectIdentifier(oid.signedData) ?? Uint8Array.of()
const granted = encodeDer(tag.sequence, encodeInteger(0n))
