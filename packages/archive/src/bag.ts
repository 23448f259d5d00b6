import type { FileDigest } from '@custody/sinks'

// The form of a bag, BagIt 1.0 (RFC 8493): what the writer makes and the reader demands.

export const BAGIT_TXT = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'
export const PAYLOAD_MANIFEST = 'manifest-sha256.txt'
export const TAG_MANIFEST = 'tagmanifest-sha256.txt'
export const PAYLOAD_PREFIX = 'data/'
/** Made after the tag manifest, so not listed in it. */
export const SEAL_PREFIX = 'seal/'
/** This run's part of the org's audit log. */
export const AUDIT_PART = 'audit/audit.jsonl'
/** What was asked and what was found, for people. Tells times, so it is a tag file. */
export const REPORT_PAGE = 'report.html'
/** The offline transcripts, with the format `html`. */
export const TRANSCRIPTS_PAGE: string = `${PAYLOAD_PREFIX}transcripts/index.html`

/** The place of a part of the master; `number` from 1. */
export function partPath(number: number): string {
  return `${PAYLOAD_PREFIX}conversations/part-${String(number).padStart(5, '0')}.jsonl`
}

export const PART_PATTERN: RegExp = /^data\/conversations\/part-\d{5}\.jsonl$/

/** What every archive has besides the four files of the bag itself: "none" is stated by an empty table. */
export const REQUIRED_FILES: readonly string[] = [
  'README.txt',
  'VERIFY.txt',
  'run.json',
  'integrity/records.jsonl',
  'integrity/leaves.txt',
  partPath(1),
  'data/reports/reconciliation.csv',
  'data/reports/witnesses.csv',
  'data/reports/differences.csv',
  'data/reports/gaps.csv',
  'data/reports/rejects.jsonl',
]

/** A manifest in the form of `sha256sum`: sorted by byte order, which for these ASCII paths is the order of `sort()`. */
export function encodeManifest(files: ReadonlyMap<string, FileDigest>): string {
  return [...files.keys()]
    .sort()
    .map((path) => `${files.get(path)?.sha256}  ${path}\n`)
    .join('')
}

/** `Payload-Oxum`: bytes and number of files under `data/`. */
export function payloadOxum(files: ReadonlyMap<string, FileDigest>): string {
  let bytes = 0
  for (const file of files.values()) bytes += file.bytes
  return `${bytes}.${files.size}`
}

/** `bag-info.txt`: one `Label: value` a line. */
export function encodeBagInfo(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([label, value]) => `${label}: ${value}\n`)
    .join('')
}
