import { CustodyError } from '@custody/pipeline'

const words: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left',
  EDQUOT: 'the quota is used up',
  EFBIG: 'a file is larger than the file system takes',
  EROFS: 'the file system is read-only',
  EACCES: 'writing is not allowed',
  EPERM: 'writing is not allowed',
  EIO: 'the disk reports a failure',
  ENOENT: 'a directory that was there is gone',
  ENAMETOOLONG: 'a path is too long',
}

/** Awaits work on the archive's files; what the disk refuses becomes the error `ARCHIVE_DISK`, all else stays as it is. */
export async function onDisk<T>(directory: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw toDiskError(error, (why) => `Cannot write the archive in ${directory}: ${why}. What was begun is removed.`, [
      'Free space or allow writing, or choose another directory (--out); then run again.',
    ])
  }
}

/** The same for removing what was begun: where that fails, the person has to know what is left. */
export async function onRemoval(staging: string, work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    throw toDiskError(error, (why) => `Cannot remove the unfinished archive ${staging}: ${why}.`, [
      'Check the disk, then remove what begins with that name: it holds conversations.',
    ])
  }
}

function toDiskError(error: unknown, message: (why: string) => string, actions: readonly string[]): unknown {
  if (CustodyError.isInstance(error) || !(error instanceof Error)) return error
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined || !Object.hasOwn(words, code)) return error
  return new CustodyError('ARCHIVE_DISK', message(`${words[code]} (${code})`), { cause: error, actions })
}
