import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import type { Instant, Window } from '@custody/model'
import { systemClock, usageError } from '@custody/pipeline'
import { archivePathProblem, assertWritableDirectory } from '@custody/sinks'
import { amendmentName, isAmendmentName } from './amendments-report.ts'
import { archiveName } from './archive-name.ts'
import { type ArchiveOptions, archiveFormats } from './options.ts'

const PART_BYTES = 256 * 1024 * 1024
const KEY_MIN_BYTES = 16
const NAME_MAX = 120
/** The longest suffix of an amendment more. */
const AMENDMENT_NAME_MAX = 140
const AMENDMENT_MAX = 999_999

/** The options with every default filled in, and where things stand. */
export type ArchiveSettings = Required<
  Omit<ArchiveOptions, 'onWritten' | 'attachmentPlace' | 'finalFacts' | 'seal' | 'audit' | 'amends'>
> & {
  readonly finalFacts: NonNullable<ArchiveOptions['finalFacts']>
  readonly attachmentPlace?: ArchiveOptions['attachmentPlace']
  readonly seal?: ArchiveOptions['seal']
  readonly audit?: ArchiveOptions['audit']
  readonly amends?: ArchiveOptions['amends']
  readonly onWritten: NonNullable<ArchiveOptions['onWritten']>
  /** Where the finished archive stands. */
  readonly target: string
  /** The folder in which the bag is made. */
  readonly staging: string
  /** The ZIP while it is packed. */
  readonly packing: string
}

/**
 * Checks options before anything is requested or written.
 *
 * @throws CustodyError of kind usage.
 */
export function archiveSettings(options: ArchiveOptions): ArchiveSettings {
  const { directory, org, window, container = 'zip', formats = ['jsonl'], mode, key, run } = options
  const { partBytes = PART_BYTES, ifExists = 'refuse' } = options
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/.test(org)) {
    throw usageError(
      'ARCHIVE_ORG',
      `archive: org has to be 1 to 60 letters, digits, dots, - or _, the first a letter or digit`,
    )
  }
  assertWindow(window)
  const name = nameOf(options)
  assertOneOf('ARCHIVE_CONTAINER', 'container', container, ['zip', 'folder'])
  assertOneOf('ARCHIVE_MODE', 'mode', mode, ['plain', 'redacted'])
  assertOneOf('ARCHIVE_IF_EXISTS', 'ifExists', ifExists, ['refuse', 'replace'])
  for (const format of formats) assertOneOf('ARCHIVE_FORMATS', 'formats', format, archiveFormats)
  if (formats.includes('html') && !options.pages?.transcripts) {
    throw usageError('ARCHIVE_PAGES', 'archive: the format html needs pages.transcripts, which makes the page')
  }
  if (!(key instanceof Uint8Array) || key.length < KEY_MIN_BYTES) {
    throw usageError('ARCHIVE_KEY', `archive: key has to be at least ${KEY_MIN_BYTES} bytes`)
  }
  if (!Number.isSafeInteger(partBytes) || partBytes < 1) {
    throw usageError('ARCHIVE_PART_BYTES', 'archive: partBytes has to be a whole number of at least 1')
  }
  assertRun(run)
  assertWritableDirectory(directory)
  const file = container === 'zip' ? `${name}.zip` : name
  const settings: ArchiveSettings = {
    ...options,
    name,
    container,
    formats,
    partBytes,
    ifExists,
    csvBom: options.csvBom ?? false,
    pages: options.pages ?? {},
    clock: options.clock ?? systemClock,
    finalFacts: options.finalFacts ?? (() => ({})),
    onWritten: options.onWritten ?? (() => undefined),
    target: join(directory, file),
    staging: join(directory, `.${name}.partial-${run.runId}`),
    packing: join(directory, `.${name}.zip.partial-${run.runId}`),
  }
  assertFree(settings)
  return settings
}

/** Refuses to go on where an archive of that name stands, unless it is to be replaced. */
export function assertFree({ target, ifExists }: Pick<ArchiveSettings, 'target' | 'ifExists'>): void {
  if (ifExists === 'replace' || lstatSync(target, { throwIfNoEntry: false }) === undefined) return
  throw usageError(
    'ARCHIVE_EXISTS',
    `There is an archive already: ${target}.`,
    'Verify it; move it away, or ask for it to be replaced.',
  )
}

function nameOf({ org, window, name: given, amends }: ArchiveOptions): string {
  if (!amends) {
    const name = given ?? archiveName(org, window)
    assertName(name, NAME_MAX)
    if (!isAmendmentName(name)) return name
    throw usageError('ARCHIVE_NAME', 'archive: a name that ends like that of an amendment is kept for amendments')
  }
  const { archive, number } = amends
  if (given !== undefined) throw usageError('ARCHIVE_NAME', 'archive: an amendment has its name from what it amends')
  assertName(archive, NAME_MAX)
  if (isAmendmentName(archive) || !Number.isSafeInteger(number) || number < 1 || number > AMENDMENT_MAX) {
    throw usageError(
      'ARCHIVE_AMENDS',
      `archive: amends has to name an archive that is no amendment itself, and a number from 1 to ${AMENDMENT_MAX}`,
    )
  }
  const name = amendmentName(amends)
  assertName(name, AMENDMENT_NAME_MAX)
  return name
}

function assertName(name: string, maxCharacters: number): void {
  if (!name.includes('/') && name.length <= maxCharacters && archivePathProblem(name) === null) return
  throw usageError('ARCHIVE_NAME', `archive: name has to be 1 to ${maxCharacters} letters, digits, dots, - or _`)
}

function assertWindow({ from, to }: Window): void {
  if (!isInstant(from) || !isInstant(to) || from >= to) {
    throw usageError(
      'ARCHIVE_WINDOW',
      'archive: window has to run from an instant to a later one, each like 2026-10-01T00:00:00.000Z',
    )
  }
}

function isInstant(instant: Instant): boolean {
  const time = Date.parse(instant)
  return !Number.isNaN(time) && new Date(time).toISOString() === instant
}

function assertOneOf(code: string, option: string, value: unknown, known: readonly string[]): void {
  if (!known.includes(value as string))
    throw usageError(code, `archive: ${option} has to be one of ${known.join(', ')}`)
}

function assertRun(run: ArchiveOptions['run']): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(run.runId)) {
    throw usageError('ARCHIVE_RUN', 'archive: run.runId has to be 1 to 64 letters, digits, dots, - or _')
  }
  if (!/^[!-~][ -~]{0,59}$/.test(run.tool)) {
    throw usageError('ARCHIVE_RUN', 'archive: run.tool has to be 1 to 60 printable ASCII characters')
  }
  if (!isInstant(run.startedAt)) throw usageError('ARCHIVE_RUN', 'archive: run.startedAt has to be an instant')
  try {
    JSON.stringify(run)
  } catch {
    throw usageError('ARCHIVE_RUN', 'archive: run has to be JSON')
  }
}
