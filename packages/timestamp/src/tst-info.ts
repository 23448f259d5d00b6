import { readAlgorithm } from './algorithm.ts'
import { readDer, tag } from './der.ts'
import { Fields, instantOf, integerOf, objectIdentifierOf } from './der-values.ts'
import { readExtensions } from './extensions.ts'

/** What the authority signed: the `TSTInfo` of RFC 3161, 2.4.2. */
export interface TstInfo {
  readonly policy: string
  readonly imprint: { readonly algorithm: string; readonly digest: Uint8Array }
  /** Hexadecimal, as `openssl ts` prints it without `0x`. */
  readonly serial: string
  /** ISO 8601, UTC, milliseconds. */
  readonly time: string
  readonly nonce: bigint | null
  readonly criticalExtensions: readonly string[]
}

/** @throws TimestampFault `TIMESTAMP_NOT_DER`, `TIMESTAMP_MALFORMED` */
export function readTstInfo(bytes: Uint8Array): TstInfo {
  const fields = new Fields(readDer(bytes), tag.sequence, 'statement of time')
  const version = integerOf(fields.take(tag.integer))
  const policy = objectIdentifierOf(fields.take(tag.objectIdentifier))

  const imprint = new Fields(fields.take(tag.sequence), tag.sequence, 'message imprint')
  const { oid: algorithm } = readAlgorithm(imprint.take(tag.sequence))
  const digest = imprint.take(tag.octetString).content
  imprint.end()

  const serial = integerOf(fields.take(tag.integer))
  const time = instantOf(fields.take(tag.generalizedTime))
  // Accuracy, ordering, and the authority's name for itself: signed, but nothing is decided by them.
  fields.optional(tag.sequence)
  fields.optional(tag.boolean)
  const nonceValue = fields.optional(tag.integer)
  const nonce = nonceValue ? integerOf(nonceValue) : null
  fields.optional(tag.context(0))
  const extensions = fields.optional(tag.context(1))
  fields.end()

  if (version !== 1n || policy === null || serial === null || serial < 0n || time === null) throw fields.fault()
  if (nonceValue && nonce === null) throw fields.fault()
  return {
    policy,
    imprint: { algorithm, digest },
    serial: serial.toString(16).padStart(2, '0'),
    time,
    nonce,
    criticalExtensions: extensions
      ? readExtensions(extensions, 'response').flatMap(({ oid, critical }) => (critical ? [oid] : []))
      : [],
  }
}
