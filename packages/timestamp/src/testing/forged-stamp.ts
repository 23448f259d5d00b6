import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeAlgorithm } from '../algorithm.ts'
import { encodeDer, tag } from '../der.ts'
import { encodeInteger, encodeObjectIdentifier } from '../der-values.ts'
import { sha256 } from '../object-identifiers.ts'
import { type LocalAuthority, openssl } from './local-authority.ts'

export interface Statement {
  readonly bytes: Uint8Array
  /** @defaultValue 1 */
  readonly version?: bigint
  /** GeneralizedTime. @defaultValue now */
  readonly time?: string
  /** One extension, with a value that means nothing. */
  readonly extension?: { readonly oid: string; readonly critical: boolean }
}

/** A statement of time as no decent authority would write it. */
export function encodeStatement({ bytes, version = 1n, time = now(), extension }: Statement): Uint8Array {
  const digest = createHash('sha256').update(bytes).digest()
  const extensions = extension
    ? encodeDer(
        tag.context(1),
        encodeDer(
          tag.sequence,
          name(extension.oid),
          extension.critical ? encodeDer(tag.boolean, Uint8Array.of(0xff)) : Uint8Array.of(),
          encodeDer(tag.octetString, Uint8Array.of(5, 0)),
        ),
      )
    : Uint8Array.of()
  return encodeDer(
    tag.sequence,
    encodeInteger(version),
    name('1.2.3.4'),
    encodeDer(tag.sequence, encodeAlgorithm(sha256.oid), encodeDer(tag.octetString, digest)),
    encodeInteger(1n),
    encodeDer(tag.generalizedTime, Buffer.from(time)),
    extensions,
  )
}

/** Has openssl sign anything as a statement of time, with what key and certificate there may be in the authority's folder. */
export async function forgeResponse(
  { folder }: LocalAuthority,
  statement: Uint8Array,
  options: { readonly signer?: string; readonly arguments?: readonly string[] } = {},
): Promise<Uint8Array> {
  await writeFile(join(folder, 'statement'), statement)
  const content = ['-in', 'statement', '-binary', '-nodetach', '-econtent_type', '1.2.840.113549.1.9.16.1.4']
  const signer = ['-signer', options.signer ?? 'signer.pem', '-inkey', 'signer.key', '-cades', '-nosmimecap']
  const output = ['-outform', 'DER', '-out', 'token', ...(options.arguments ?? [])]
  const { status, stderr } = openssl(['cms', '-sign', ...content, ...signer, ...output], folder)
  if (status !== 0) throw new Error(stderr)
  const granted = encodeDer(tag.sequence, encodeInteger(0n))
  return encodeDer(tag.sequence, granted, await readFile(join(folder, 'token')))
}

function name(dotted: string): Uint8Array {
  return encodeObjectIdentifier(dotted) ?? Uint8Array.of()
}

function now(): string {
  return new Date().toISOString().replace(/[-:T]|\.\d+/g, '')
}
