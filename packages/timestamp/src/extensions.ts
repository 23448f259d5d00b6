import { type DerValue, readDer, tag } from './der.ts'
import { Fields, objectIdentifierOf } from './der-values.ts'
import type { TimestampFinding } from './finding.ts'

/** An extension of a certificate or of a timestamp (RFC 5280, 4.2). */
export interface Extension {
  readonly oid: string
  readonly critical: boolean
  /** DER, by a rule of its own for each extension. */
  readonly value: Uint8Array
}

/** @param container - The value whose children the extensions are: a SEQUENCE, or what is in its place. */
export function readExtensions(container: DerValue, part: TimestampFinding['part']): readonly Extension[] {
  const extensions = container.children.map((value): Extension => {
    const fields = new Fields(value, tag.sequence, 'extension', part)
    const oid = objectIdentifierOf(fields.take(tag.objectIdentifier))
    const critical = fields.optional(tag.boolean)
    const content = fields.take(tag.octetString).content
    fields.end()
    // DER has one true, and leaves the default out; some authorities do write false.
    const known =
      critical === undefined || (critical.content.length === 1 && [0, 0xff].includes(critical.content[0] ?? 1))
    if (oid === null || !known) throw fields.fault()
    return { oid, critical: critical?.content[0] === 0xff, value: content }
  })
  if (new Set(extensions.map(({ oid }) => oid)).size !== extensions.length) {
    throw new Fields(container, container.tag, 'list of extensions', part).fault()
  }
  return extensions
}

/** The value of an extension that is a list of object identifiers. */
export function objectIdentifiersIn(value: Uint8Array): readonly string[] {
  const fields = new Fields(readDer(value, 'chain'), tag.sequence, 'extension', 'chain')
  return fields.rest(tag.objectIdentifier).map((one) => objectIdentifierOf(one) ?? '')
}
