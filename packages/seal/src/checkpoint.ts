import { usageError } from '@custody/pipeline'
import { decodeBase64 } from './base64.ts'
import { isArchiveId, isOrigin } from './seal-text.ts'
import { isDecimal, isHex256 } from './text-rules.ts'

/** What a tree was at a size: the text of a C2SP checkpoint (https://c2sp.org/tlog-checkpoint). */
export interface Checkpoint {
  /** Which tree this is. In an archive: `<origin>/<archive-id>`. */
  readonly origin: string
  /** The number of leaves. */
  readonly size: number
  /** Lower-case hex. */
  readonly root: string
  /** Further lines, which Custody never writes. Left out when there are none. */
  readonly extensions?: readonly string[]
}

/**
 * The text to be signed as a note.
 *
 * @throws CustodyError `CHECKPOINT_FIELD`
 */
export function encodeCheckpoint({ origin, size, root, extensions = [] }: Checkpoint): string {
  const isLine = (line: string): boolean => line !== '' && !line.includes('\n')
  if (![origin, ...extensions].every(isLine) || !isDecimal(String(size)) || !isHex256(root)) {
    throw usageError(
      'CHECKPOINT_FIELD',
      'A checkpoint needs an origin, a whole number of leaves and a root of 32 bytes.',
    )
  }
  return [origin, size, Buffer.from(root, 'hex').toString('base64'), ...extensions].map((line) => `${line}\n`).join('')
}

/** Reads the text of a note. Null unless `encodeCheckpoint` would write the very same text. */
export function parseCheckpoint(text: string): Checkpoint | null {
  const [origin = '', size = '', base64 = '', ...rest] = text.split('\n')
  const extensions = rest.slice(0, -1)
  const root = decodeBase64(base64)
  const whole = rest.at(-1) === '' && origin !== '' && extensions.every((line) => line !== '')
  if (!whole || !isDecimal(size) || root?.length !== 32) return null
  const checkpoint = { origin, size: Number(size), root: root.toString('hex') }
  return extensions.length === 0 ? checkpoint : { ...checkpoint, extensions }
}

/** The origin line of an archive's record tree. */
export function recordsOrigin({ origin, archiveId }: { readonly origin: string; readonly archiveId: string }): string {
  return `${origin}/${archiveId}`
}

/** Takes apart what {@link recordsOrigin} joined, or null. The first part is the name under which the tree is signed. */
export function parseRecordsOrigin(text: string): { readonly origin: string; readonly archiveId: string } | null {
  const split = text.lastIndexOf('/')
  const [origin, archiveId] = [text.slice(0, Math.max(split, 0)), text.slice(split + 1)]
  return isOrigin(origin) && isArchiveId(archiveId) ? { origin, archiveId } : null
}
