import { type DerValue, readDer, tag } from './der.ts'
import { Fields, integerOf } from './der-values.ts'
import { TimestampFault } from './finding.ts'

/** A stored reply is about 2 to 8 KiB; one with many certificates still fits. */
export const maxResponseBytes = 65_536

/** The reply of a time authority (`TimeStampResp`, RFC 3161, 2.4.2). */
export interface TimestampResponse {
  readonly granted: boolean
  /** Why not, in the words of the RFC. The authority's own text is not kept. */
  readonly failures: readonly string[]
  readonly token: DerValue | null
}

/** Bits of `PKIFailureInfo`. */
const failureNames: ReadonlyMap<number, string> = new Map([
  [0, 'badAlg'],
  [2, 'badRequest'],
  [5, 'badDataFormat'],
  [14, 'timeNotAvailable'],
  [15, 'unacceptedPolicy'],
  [16, 'unacceptedExtension'],
  [17, 'addInfoNotAvailable'],
  [25, 'systemFailure'],
])

/** @throws TimestampFault `TIMESTAMP_TOO_LARGE`, `TIMESTAMP_NOT_DER`, `TIMESTAMP_MALFORMED` */
export function readTimestampResponse(bytes: Uint8Array): TimestampResponse {
  if (bytes.length > maxResponseBytes) {
    throw new TimestampFault('TIMESTAMP_TOO_LARGE', 'response', `It is longer than ${maxResponseBytes} bytes.`)
  }
  const fields = new Fields(readDer(bytes), tag.sequence, 'response')
  const info = new Fields(fields.take(tag.sequence), tag.sequence, 'status')
  const token = fields.optional(tag.sequence) ?? null
  fields.end()

  const status = integerOf(info.take(tag.integer))
  info.optional(tag.sequence)
  const failInfo = info.optional(tag.bitString)?.content ?? Uint8Array.of()
  info.end()
  if (status === null) throw info.fault()
  return {
    // Granted, or granted with changes: what was changed stands in the token, and is checked there.
    granted: (status === 0n || status === 1n) && token !== null,
    failures: [...failureNames].flatMap(([bit, name]) => (isSet(failInfo, bit) ? [name] : [])),
    token,
  }
}

function isSet(bits: Uint8Array, number: number): boolean {
  return (((bits[1 + (number >> 3)] ?? 0) >> (7 - (number & 7))) & 1) === 1
}
