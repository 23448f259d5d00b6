import { type DerValue, encodeDer, tag } from './der.ts'
import { encodeObjectIdentifier, Fields, objectIdentifierOf } from './der-values.ts'
import { TimestampFault, type TimestampFinding } from './finding.ts'
import { type DigestName, digests } from './object-identifiers.ts'

/** An AlgorithmIdentifier: a name, and parameters, which many have none of. */
export interface Algorithm {
  readonly oid: string
  readonly parameters: DerValue | undefined
}

export function readAlgorithm(value: DerValue, part: TimestampFinding['part'] = 'response'): Algorithm {
  const fields = new Fields(value, tag.sequence, 'algorithm', part)
  const oid = objectIdentifierOf(fields.take(tag.objectIdentifier))
  const parameters = value.children.length > 1 ? fields.any() : undefined
  fields.end()
  if (oid === null) throw fields.fault()
  return { oid, parameters }
}

/** Digests are written with NULL as parameter, or without any (RFC 5754). */
export function hasNoParameters({ parameters }: Algorithm): boolean {
  return parameters === undefined || (parameters.tag === 0x05 && parameters.content.length === 0)
}

/** @throws TimestampFault `TIMESTAMP_UNSUPPORTED` */
export function readDigestAlgorithm(value: DerValue): DigestName {
  const algorithm = readAlgorithm(value)
  const digest = digests.find(({ oid }) => oid === algorithm.oid)
  if (!digest || !hasNoParameters(algorithm)) {
    throw new TimestampFault('TIMESTAMP_UNSUPPORTED', 'response', 'It uses another digest than SHA-256, 384 or 512.')
  }
  return digest
}

/** An AlgorithmIdentifier with NULL as parameter. */
export function encodeAlgorithm(oid: string): Uint8Array {
  return encodeDer(tag.sequence, encodeObjectIdentifier(oid) ?? Uint8Array.of(), Uint8Array.of(0x05, 0))
}
