import { createHash } from 'node:crypto'
import { usageError } from '@custody/pipeline'
import { decodeBase64 } from './base64.ts'
import { isDecimal, isHex256, isInstant } from './text-rules.ts'

const FORMAT = 'custody-seal/v1'
const NONE = 'none'
/** Longer than any seal can be. */
const SEAL_TEXT_MAX = 4096

/** What is sealed: the text of `seal.txt`. Its instants are ISO 8601 UTC with milliseconds, its hashes lower-case hex. */
export interface Seal {
  /** Whose chain this is: `example.com/acme`. Printable ASCII without space and plus, 1 to 120 characters. */
  readonly origin: string
  /** The place in the chain, from 1. */
  readonly seq: number
  readonly archiveId: string
  /** Half-open: `from` belongs to it, `to` does not. */
  readonly period: { readonly from: string; readonly to: string }
  readonly created: string
  /** How the archive holds its texts: `plain`, `redacted`, `sealed`. */
  readonly mode: string
  /** What the run proved: `complete`, `counted`, `incomplete`, `empty`. */
  readonly verdict: string
  /** Of the file `tagmanifest-sha256.txt`, which covers every file outside `seal/`. */
  readonly tagManifestSha256: string
  /** Bytes and files under `data/`: `913374411.184223`. */
  readonly payloadOxum: string
  readonly records: number
  /** RFC 6962 root over `integrity/leaves.txt`. It stays when records are erased. */
  readonly recordsRoot: string
  /** How many of the records were erased since. */
  readonly erased: number
  /** Lines and tree root of the organisation's audit log when the archive was sealed first. */
  readonly audit: { readonly size: number; readonly root: string }
  /** Digest of the seal before this one in the chain; null for the first one only. */
  readonly prevSealSha256: string | null
  /** Digest of the seal of the same archive that this one replaces, or null. */
  readonly supersedes: string | null
  /** Program and version, words of printable ASCII: `custody/0.0.0 node/26.10.0`. */
  readonly tool: string
}

/**
 * `seal.txt`: ASCII, one `key value` a line, always these keys in this order.
 *
 * @throws CustodyError `SEAL_FIELD`, which names the key whose value cannot stand in a seal
 */
export function encodeSeal(seal: Seal): string {
  const key = wrongKey(seal)
  if (key !== null) throw usageError('SEAL_FIELD', `The value of "${key}" cannot stand in a seal.`)
  return sealLines(seal)
    .map(([name, value]) => `${name} ${value}\n`)
    .join('')
}

/** Null unless `encodeSeal` would write the very same text. */
export function parseSeal(text: string): Seal | null {
  if (text.length > SEAL_TEXT_MAX) return null
  const values = new Map(text.split('\n').map((line) => splitOnce(line)))
  const value = (key: string): string => values.get(key) ?? ''
  const digest = (key: string): string | null => (value(key) === NONE ? null : value(key))
  const [from, to] = splitOnce(value('period'))
  const [auditSize, auditRoot] = splitOnce(value('audit'))
  const seal: Seal = {
    origin: value('origin'),
    seq: Number(value('seq')),
    archiveId: value('archive-id'),
    period: { from, to },
    created: value('created'),
    mode: value('mode'),
    verdict: value('verdict'),
    tagManifestSha256: value('tagmanifest-sha256'),
    payloadOxum: value('payload-oxum'),
    records: Number(value('records')),
    recordsRoot: rootHex(value('records-root')),
    erased: Number(value('erased')),
    audit: { size: Number(auditSize), root: rootHex(auditRoot) },
    prevSealSha256: digest('prev-seal-sha256'),
    supersedes: digest('supersedes'),
    tool: value('tool'),
  }
  // Reading is lenient, so what decides is whether writing gives the same bytes.
  return wrongKey(seal) === null && encodeSeal(seal) === text ? seal : null
}

/** How a seal is named: SHA-256 of its text, as `sha256sum seal/seal.txt` prints it. */
export function sealDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Printable ASCII without space and plus: it is the name under which notes are signed, too. */
export function isOrigin(text: string): boolean {
  return /^[!-*,-~]{1,120}$/.test(text)
}

/** One component of a path of the format. */
export function isArchiveId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,179}$/.test(text)
}

function sealLines(seal: Seal): readonly (readonly [key: string, value: string])[] {
  return [
    ['format', FORMAT],
    ['origin', seal.origin],
    ['seq', String(seal.seq)],
    ['archive-id', seal.archiveId],
    ['period', `${seal.period.from} ${seal.period.to}`],
    ['created', seal.created],
    ['mode', seal.mode],
    ['verdict', seal.verdict],
    ['tagmanifest-sha256', seal.tagManifestSha256],
    ['payload-oxum', seal.payloadOxum],
    ['records', String(seal.records)],
    ['records-root', rootBase64(seal.recordsRoot)],
    ['erased', String(seal.erased)],
    ['audit', `${seal.audit.size} ${rootBase64(seal.audit.root)}`],
    ['prev-seal-sha256', seal.prevSealSha256 ?? NONE],
    ['supersedes', seal.supersedes ?? NONE],
    ['tool', seal.tool],
  ]
}

/** The key of the first value that cannot stand in a seal, or null. */
function wrongKey(seal: Seal): string | null {
  const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0
  const isDigest = (value: string | null): boolean => value === null || isHex256(value)
  const oxum = seal.payloadOxum.split('.')
  const checks: readonly (readonly [key: string, right: boolean])[] = [
    ['origin', isOrigin(seal.origin)],
    ['seq', isCount(seal.seq) && seal.seq > 0],
    ['archive-id', isArchiveId(seal.archiveId)],
    ['period', isInstant(seal.period.from) && isInstant(seal.period.to) && seal.period.from < seal.period.to],
    ['created', isInstant(seal.created)],
    ['mode', /^[a-z]{1,32}$/.test(seal.mode)],
    ['verdict', /^[a-z]{1,32}$/.test(seal.verdict)],
    ['tagmanifest-sha256', isHex256(seal.tagManifestSha256)],
    ['payload-oxum', oxum.length === 2 && oxum.every(isDecimal)],
    ['records', isCount(seal.records)],
    ['records-root', isHex256(seal.recordsRoot)],
    ['erased', isCount(seal.erased) && seal.erased <= seal.records],
    ['audit', isCount(seal.audit.size) && isHex256(seal.audit.root)],
    // Only the first seal of a chain has none before it.
    ['prev-seal-sha256', isDigest(seal.prevSealSha256) && (seal.prevSealSha256 === null) === (seal.seq === 1)],
    ['supersedes', isDigest(seal.supersedes)],
    ['tool', seal.tool.length <= 200 && /^[!-~]+( [!-~]+)*$/.test(seal.tool)],
  ]
  return checks.find(([, right]) => !right)?.[0] ?? null
}

function splitOnce(line: string): [string, string] {
  const space = line.indexOf(' ')
  return space === -1 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)]
}

function rootBase64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64')
}

function rootHex(base64: string): string {
  return decodeBase64(base64)?.toString('hex') ?? ''
}
