import { CustodyError } from '@custody/pipeline'

/** What a database refuses, in words of no particular library. */
export type SqliteFailure = 'busy' | 'full' | 'disk' | 'damaged' | 'no-access'

/** The same for what the file system refuses before there is a database; our own errors stay as they are. */
export function fileError(path: string, error: unknown): unknown {
  if (CustodyError.isInstance(error)) return error
  const { code = '' } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT') return databaseError(path, 'full', error)
  return databaseError(path, code === 'EIO' ? 'disk' : 'no-access', error)
}

export function databaseError(path: string, failure: SqliteFailure, cause: unknown): CustodyError {
  switch (failure) {
    case 'busy':
      return new CustodyError('LEDGER_BUSY', `Another process holds ${path} for longer than it should.`, {
        cause,
        retryable: true,
        actions: ['Run again.', 'If it stays so, look for a process that hangs with this file open.'],
      })
    case 'full':
      return new CustodyError('LEDGER_DISK', `No space left to write ${path}. What was recorded before is kept.`, {
        cause,
        actions: ['Free space on that disk, then run again.'],
      })
    case 'disk':
      return new CustodyError('LEDGER_DISK', `The disk refuses to read or write ${path}.`, {
        cause,
        actions: ['Check the disk, then run again: the last change counts only if the next run finds it.'],
      })
    case 'no-access':
      return new CustodyError('LEDGER_DISK', `${path} cannot be opened or written.`, {
        cause,
        actions: ['Allow reading and writing of that file and of its directory.'],
      })
    case 'damaged':
      return new CustodyError('LEDGER_DAMAGED', `${path} is damaged, or no database at all.`, {
        cause,
        actions: ['Keep a copy of the file.', 'Run `custody status --repair`, or restore the last snapshot.'],
      })
  }
}
