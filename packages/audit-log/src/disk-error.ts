import { CustodyError } from '@custody/pipeline'

/**
 * What the file system refuses, as the error `AUDIT_LOG_DISK`; all else stays as it is.
 *
 * @param state What is left of the log now, one sentence.
 */
export function toDiskError(file: string, error: unknown, state: string): unknown {
  if (CustodyError.isInstance(error) || !(error instanceof Error)) return error
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined) return error
  return new CustodyError('AUDIT_LOG_DISK', `Cannot read or write the audit log ${file} (${code}). ${state}`, {
    cause: error,
    actions: ['Free space, or allow reading and writing in its directory; then run again.'],
  })
}

/** Awaits work on files of the log before anything of it was changed. */
export async function onDisk<T>(file: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw toDiskError(file, error, 'It is as it was.')
  }
}
