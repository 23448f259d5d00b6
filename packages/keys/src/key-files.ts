import { constants } from 'node:fs'
import { lstat, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CustodyError } from '@custody/pipeline'

/** What stands in a key directory. */
export const keyFiles = {
  privateKey: 'signing-key.pem',
  publicKey: 'signing-key.pub',
  /** Each rotation, signed by the old key and the new one. */
  transitions: 'key-transitions.note',
  /** Each beginning of a chain: the first key, and each that took the place of a lost one. */
  starts: 'chain-starts.note',
  retired: 'retired',
} as const

/** Larger than any file here gets in a century of rotations. */
const maxBytes = 1_048_576

// Windows has neither permission bits nor directories that can be flushed.
const isPosix = process.platform !== 'win32'
const noFollow = isPosix ? constants.O_NOFOLLOW | constants.O_NONBLOCK : 0

export interface PlainFile {
  readonly text: string
  /** Permission bits; 0600 where there are none. */
  readonly mode: number
}

/** Where the public half of a key goes that signs no more, relative to the directory. */
export function retiredFile(fingerprint: string, suffix: '.pub' | '.transitions.note' = '.pub'): string {
  return join(keyFiles.retired, `${fingerprint.slice('sha256:'.length).slice(0, 16)}${suffix}`)
}

/**
 * Reads a file that has to be a file itself: a link could be turned to another key behind its owner's back.
 *
 * @returns null when nothing is there
 * @throws CustodyError `KEY_NOT_A_FILE`, `KEY_DISK`
 */
export async function readPlainFile(path: string): Promise<PlainFile | null> {
  try {
    if (!(await lstat(path)).isFile()) throw notAFile(path)
    const handle = await open(path, constants.O_RDONLY | noFollow)
    try {
      const { size, mode } = await handle.stat()
      if (size > maxBytes) throw notAFile(path)
      return { text: await handle.readFile('utf8'), mode: isPosix ? mode & 0o777 : 0o600 }
    } finally {
      await handle.close()
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return null
    if (code === 'ELOOP') throw notAFile(path)
    throw toDiskError(path, error)
  }
}

/** Writes a file that is not there yet, down to the disk. */
export async function writeNewFile(path: string, text: string, mode: number): Promise<void> {
  const handle = await open(path, 'wx', mode)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Flushes a directory, so that a name just given or changed in it outlives a power cut. */
export async function syncDirectory(directory: string): Promise<void> {
  if (!isPosix) return
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Permission bits of a path; null when nothing is there. */
export async function modeOf(path: string): Promise<number | null> {
  try {
    const { mode } = await stat(path)
    return isPosix ? mode & 0o777 : 0o700
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw toDiskError(path, error)
  }
}

/** @throws CustodyError `KEY_PERMISSIONS` for what others than its owner may use */
export function assertPrivate(path: string, mode: number, needed: '600' | '700'): void {
  if ((mode & 0o077) === 0) return
  throw new CustodyError('KEY_PERMISSIONS', `Others than its owner may use ${path} (mode ${mode.toString(8)}).`, {
    kind: 'refused',
    actions: [
      `Find out who could have read it. If nobody did: chmod ${needed} ${path}`,
      'If somebody may have: chmod it, then rotate the key, and tell those who trust it.',
    ],
  })
}

/** Awaits work on a key directory; what the disk refuses becomes `KEY_DISK`, all else stays as it is. */
export async function onDisk<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw toDiskError(path, error)
  }
}

function toDiskError(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (CustodyError.isInstance(error) || typeof code !== 'string') return error
  return new CustodyError('KEY_DISK', `Cannot read or write the keys at ${path} (${code}).`, {
    cause: error,
    actions: [
      'Free space there, or allow reading and writing; then run the same command again: it finishes what was begun.',
    ],
  })
}

function notAFile(path: string): CustodyError {
  return new CustodyError('KEY_NOT_A_FILE', `What stands at ${path} is no plain file of a key.`, {
    kind: 'refused',
    actions: ['Put the file itself there: links are not followed. To keep keys elsewhere, name that directory.'],
  })
}
