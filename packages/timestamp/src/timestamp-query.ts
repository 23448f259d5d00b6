import { usageError } from '@custody/pipeline'
import { encodeAlgorithm } from './algorithm.ts'
import { encodeDer, tag } from './der.ts'
import { encodeInteger, encodeObjectIdentifier } from './der-values.ts'
import { sha256 } from './object-identifiers.ts'

/** What is asked of an authority: RFC 3161, section 2.4.1. */
export interface TimestampQuery {
  /** The SHA-256 of what is to be stamped: 32 bytes. */
  readonly digest: Uint8Array
  /** Comes back in the answer, which can so not be an old one. Positive, up to 128 bits. */
  readonly nonce: bigint
  /** The answer must hold the authority's certificate: without it nobody can check it later. */
  readonly certReq: true
  /** The policy to stamp under, in dotted form. @defaultValue the authority's own */
  readonly policy?: string
}

/**
 * The request of RFC 3161 (`TimeStampReq`, version 1), as DER. It holds the digest and nothing else about the stamped.
 *
 * @throws CustodyError `TIMESTAMP_OPTIONS` (usage)
 */
export function encodeTimestampQuery({ digest, nonce, policy }: TimestampQuery): Uint8Array {
  if (digest.length !== 32) {
    throw usageError('TIMESTAMP_OPTIONS', 'digest is not 32 bytes long.', 'Give the SHA-256 of what is to be stamped.')
  }
  if (nonce <= 0n || nonce >= 1n << 128n) {
    throw usageError('TIMESTAMP_OPTIONS', 'nonce is not positive, or above 128 bits.', 'Give 64 random bits.')
  }
  const imprint = encodeDer(tag.sequence, encodeAlgorithm(sha256.oid), encodeDer(tag.octetString, digest))
  return encodeDer(
    tag.sequence,
    encodeInteger(1n),
    imprint,
    policy === undefined ? Uint8Array.of() : encodePolicy(policy),
    encodeInteger(nonce),
    encodeDer(tag.boolean, Uint8Array.of(0xff)),
  )
}

/** @throws CustodyError `TIMESTAMP_OPTIONS` (usage) */
export function encodePolicy(policy: string): Uint8Array {
  const encoded = encodeObjectIdentifier(policy)
  if (encoded) return encoded
  throw usageError('TIMESTAMP_OPTIONS', 'policy is not an object identifier.', 'Write it as 1.3.6.1.4.1.…')
}
