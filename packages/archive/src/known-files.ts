import { AMENDMENTS_PATH } from './amendments-check.ts'
import { ATTACHMENTS_PREFIX } from './attachments-check.ts'
import {
  AUDIT_PART,
  PART_PATTERN,
  PAYLOAD_MANIFEST,
  partPath,
  REPORT_PAGE,
  REQUIRED_FILES,
  SEAL_PREFIX,
  TAG_MANIFEST,
  TRANSCRIPTS_PAGE,
} from './bag.ts'
import { ERASURES_PATH } from './erasures-check.ts'
import type { RunDocument } from './run-document.ts'
import { knownSchemas } from './schema-check.ts'
import { TABLE_PATHS } from './tables-check.ts'

const REDACTIONS_PATH = 'data/reports/redactions.jsonl'

/** Files that an archive may have. What is in none of these places is nobody's, whoever listed it in a manifest. */
const optional: ReadonlySet<string> = new Set([
  'bagit.txt',
  'bag-info.txt',
  PAYLOAD_MANIFEST,
  TAG_MANIFEST,
  AUDIT_PART,
  ERASURES_PATH,
  REDACTIONS_PATH,
  AMENDMENTS_PATH,
  REPORT_PAGE,
  TRANSCRIPTS_PAGE,
  ...TABLE_PATHS,
])

/** Whether these archives have a file of this name. */
export function isKnownFile(path: string): boolean {
  return (
    optional.has(path) ||
    REQUIRED_FILES.includes(path) ||
    PART_PATTERN.test(path) ||
    path.startsWith(ATTACHMENTS_PREFIX) ||
    path.startsWith(SEAL_PREFIX) ||
    knownSchemas().has(path)
  )
}

/** The files that an archive has to have, by what it says of itself and by the parts that are there. */
export function requiredFiles(run: RunDocument | null, files: ReadonlySet<string>): readonly string[] {
  const parts = [...files].filter((path) => PART_PATTERN.test(path)).length
  return [
    'bag-info.txt',
    ...REQUIRED_FILES,
    ...knownSchemas().keys(),
    ...(run?.formats.includes('csv') ? TABLE_PATHS : []),
    ...(run?.formats.includes('html') ? [TRANSCRIPTS_PAGE] : []),
    ...(run?.mode === 'redacted' ? [REDACTIONS_PATH] : []),
    ...(run?.amends === undefined ? [] : [AMENDMENTS_PATH]),
    ...(run?.erased === undefined ? [] : [ERASURES_PATH]),
    // Parts are numbered without a gap.
    ...Array.from({ length: parts }, (_, index) => partPath(index + 1)),
  ]
}

/** Files that the archive says it does not have. */
export function unexpectedFiles(run: RunDocument | null, files: ReadonlySet<string>): readonly string[] {
  if (run === null) return []
  return [
    ...(run.formats.includes('csv') ? [] : TABLE_PATHS),
    ...(run.formats.includes('html') ? [] : [TRANSCRIPTS_PAGE]),
    ...(run.mode === 'redacted' ? [] : [REDACTIONS_PATH]),
    ...(run.amends === undefined ? [AMENDMENTS_PATH] : []),
    ...(run.erased === undefined ? [ERASURES_PATH] : []),
  ].filter((path) => files.has(path))
}

/**
 * The order of reading: what others are held against comes first. Within a rank by name, so parts of the master in theirs.
 */
export function readingOrder(paths: Iterable<string>): string[] {
  const rank = (path: string): number => {
    if (path === TAG_MANIFEST || path === PAYLOAD_MANIFEST) return 0
    if (path === 'run.json') return 1
    if (path === ERASURES_PATH) return 2
    if (PART_PATTERN.test(path)) return 3
    return path === 'integrity/leaves.txt' ? 5 : 4
  }
  return [...paths].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}
