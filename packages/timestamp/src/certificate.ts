import { X509Certificate } from 'node:crypto'
import { type DerValue, readDer, tag } from './der.ts'
import { Fields } from './der-values.ts'
import { type Extension, readExtensions } from './extensions.ts'
import { TimestampFault } from './finding.ts'

/** A certificate, with the parts of it that node:crypto does not show. */
export interface Certificate {
  readonly raw: Uint8Array
  readonly x509: X509Certificate
  /** DER of the issuer's name and of the serial number. */
  readonly issuer: DerValue
  readonly serial: DerValue
  readonly extensions: ReadonlyMap<string, Extension>
  readonly selfIssued: boolean
}

/** @throws TimestampFault `TIMESTAMP_CHAIN_MALFORMED`, `TIMESTAMP_NOT_DER` */
export function readCertificate(raw: Uint8Array): Certificate {
  const outer = new Fields(readDer(raw, 'chain'), tag.sequence, 'certificate', 'chain')
  const fields = new Fields(outer.take(tag.sequence), tag.sequence, 'certificate', 'chain')
  outer.take(tag.sequence)
  outer.take(tag.bitString)
  outer.end()

  fields.optional(tag.context(0))
  const serial = fields.take(tag.integer)
  fields.take(tag.sequence)
  const issuer = fields.take(tag.sequence)
  fields.take(tag.sequence)
  const subject = fields.take(tag.sequence)
  fields.take(tag.sequence)
  // Unique identifiers, of 1988.
  fields.optional(tag.primitive(1))
  fields.optional(tag.primitive(2))
  const explicit = fields.optional(tag.context(3))
  fields.end()
  const list = explicit && new Fields(explicit, tag.context(3), 'list of extensions', 'chain').take(tag.sequence)
  const extensions = list ? readExtensions(list, 'chain') : []
  return {
    raw,
    x509: parse(raw),
    issuer,
    serial,
    extensions: new Map(extensions.map((extension) => [extension.oid, extension])),
    selfIssued: sameBytes(issuer.raw, subject.raw),
  }
}

function parse(raw: Uint8Array): X509Certificate {
  try {
    const certificate = new X509Certificate(raw)
    // Asked for now, so that a key that cannot be used is found here and not later.
    void certificate.publicKey
    return certificate
  } catch {
    throw new TimestampFault('TIMESTAMP_CHAIN_MALFORMED', 'chain', 'A certificate cannot be read.')
  }
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}
