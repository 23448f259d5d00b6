import { CustodyError } from '@custody/pipeline'

/** The longest path an archive may hold, in characters. Leaves room for a prefix under Windows' limit of 260. */
export const ARCHIVE_PATH_MAX = 180

const PRINTED_MAX = 120
const shape = /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/
const windowsDevice = /^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\.|$)/i

/** What is wrong with a path inside an archive, or null. Linear in its length; safe for hostile names. */
export function archivePathProblem(path: string): string | null {
  if (path.length > ARCHIVE_PATH_MAX) return `is longer than ${ARCHIVE_PATH_MAX} characters`
  if (!shape.test(path)) return 'has characters or parts that an archive path may not have'
  const parts = path.split('/')
  if (parts.some((part) => windowsDevice.test(part))) return 'has a part named like a Windows device'
  // Windows drops a trailing dot, so two names would become one.
  if (parts.some((part) => part.endsWith('.'))) return 'has a part that ends with a dot'
  return null
}

/**
 * Holds the path rule of the archive format: only `A-Z a-z 0-9 . _ -` and `/`, no part beginning with a dot, no Windows
 * device names, no part ending with a dot, at most {@link ARCHIVE_PATH_MAX} characters.
 *
 * Such a path needs no escaping in a BagIt manifest, where the tools of the field disagree on escapes.
 *
 * @throws CustodyError `ARCHIVE_PATH`. The message names the path escaped and cut, since it may come from outside.
 */
export function assertArchivePath(path: string): void {
  const problem = archivePathProblem(path)
  if (problem === null) return
  throw new CustodyError('ARCHIVE_PATH', `The path "${printablePath(path)}" ${problem}.`, {
    actions: ['Use only letters, digits, dots, dashes and underscores; keep original names in metadata.'],
  })
}

/** A path as it may be printed: ASCII, escaped as in JSON, at most 120 characters of it. */
export function printablePath(path: string): string {
  const quoted = JSON.stringify(path.slice(0, PRINTED_MAX))
  const escaped = quoted
    .slice(1, -1)
    .replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return path.length > PRINTED_MAX ? `${escaped}...` : escaped
}
