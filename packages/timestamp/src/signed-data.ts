import { type Algorithm, readAlgorithm, readDigestAlgorithm } from './algorithm.ts'
import { type DerValue, tag } from './der.ts'
import { Fields, integerOf, objectIdentifierOf } from './der-values.ts'
import { type DigestName, oid } from './object-identifiers.ts'

/** A timestamp token: CMS SignedData (RFC 5652) around a `TSTInfo`, with one signer. */
export interface SignedData {
  readonly encapsulated: DerValue
  /** The bytes of the `TSTInfo`. */
  readonly content: Uint8Array
  /** DER of each certificate that came along. */
  readonly certificates: readonly Uint8Array[]
  readonly signer: SignerInfo
}

export interface SignerInfo {
  /** Issuer and serial number, or a key identifier. */
  readonly identifier: DerValue
  readonly digest: DigestName
  readonly digestAlgorithm: DerValue
  readonly signedAttributes: DerValue
  /** The one value of each signed attribute. */
  readonly attributes: ReadonlyMap<string, DerValue>
  readonly algorithm: Algorithm
  readonly algorithmValue: DerValue
  readonly signature: Uint8Array
}

/** @throws TimestampFault `TIMESTAMP_MALFORMED`, `TIMESTAMP_UNSUPPORTED` */
export function readSignedData(token: DerValue): SignedData {
  const outer = new Fields(token, tag.sequence, 'token')
  const type = objectIdentifierOf(outer.take(tag.objectIdentifier))
  const explicit = new Fields(outer.take(tag.context(0)), tag.context(0), 'token')
  outer.end()
  const fields = new Fields(explicit.take(tag.sequence), tag.sequence, 'signed data')
  explicit.end()
  if (type !== oid.signedData) throw outer.fault()

  const version = integerOf(fields.take(tag.integer))
  fields.take(tag.set)
  const encapsulated = fields.take(tag.sequence)
  const certificates = fields.optional(tag.context(0))?.children ?? []
  // Revocation lists are for the moment; the canonical form leaves them out.
  fields.optional(tag.context(1))
  const signers = new Fields(fields.take(tag.set), tag.set, 'list of signers')
  fields.end()
  const signer = readSignerInfo(signers.take(tag.sequence))
  signers.end()
  if (version === null) throw fields.fault()

  return {
    encapsulated,
    content: readContent(encapsulated),
    certificates: certificates.filter((value) => value.tag === tag.sequence).map(({ raw }) => raw),
    signer,
  }
}

function readContent(encapsulated: DerValue): Uint8Array {
  const fields = new Fields(encapsulated, tag.sequence, 'content')
  const type = objectIdentifierOf(fields.take(tag.objectIdentifier))
  const explicit = new Fields(fields.take(tag.context(0)), tag.context(0), 'content')
  fields.end()
  const { content } = explicit.take(tag.octetString)
  explicit.end()
  if (type !== oid.tstInfo) throw fields.fault()
  return content
}

function readSignerInfo(value: DerValue): SignerInfo {
  const fields = new Fields(value, tag.sequence, 'signer')
  fields.take(tag.integer)
  const identifier = fields.optional(tag.sequence) ?? fields.take(tag.primitive(0))
  const digestAlgorithm = fields.take(tag.sequence)
  const signedAttributes = fields.take(tag.context(0))
  const algorithmValue = fields.take(tag.sequence)
  const signature = fields.take(tag.octetString).content
  // Nobody signs them; the canonical form leaves them out.
  fields.optional(tag.context(1))
  fields.end()
  return {
    identifier,
    digest: readDigestAlgorithm(digestAlgorithm),
    digestAlgorithm,
    signedAttributes,
    attributes: readAttributes(signedAttributes),
    algorithm: readAlgorithm(algorithmValue),
    algorithmValue,
    signature,
  }
}

function readAttributes(container: DerValue): ReadonlyMap<string, DerValue> {
  const attributes = new Map<string, DerValue>()
  for (const value of container.children) {
    const fields = new Fields(value, tag.sequence, 'signed attribute')
    const type = objectIdentifierOf(fields.take(tag.objectIdentifier))
    const values = fields.take(tag.set).children
    fields.end()
    const [first] = values
    if (type === null || first === undefined || attributes.has(type)) throw fields.fault()
    // Those that are read here have exactly one value; of others nothing is asked.
    if (values.length === 1) attributes.set(type, first)
  }
  return attributes
}
