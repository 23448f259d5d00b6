import { CustodyError } from '@custody/pipeline'

const refusals: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left',
  EDQUOT: 'the quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'access is not allowed',
  EPERM: 'access is not allowed',
  ENOTDIR: 'a file stands where a directory has to be',
  EEXIST: 'a file stands where a directory has to be',
  EISDIR: 'a directory stands where a file has to be',
  EIO: 'the disk reports a failure',
  ENOENT: 'it is not there, or not any more',
  EMFILE: 'too many files are open',
}

/** Any error as one with a code: what the file system refuses where no package says it better, and what nobody knows. */
export function knownError(error: unknown): CustodyError {
  if (CustodyError.isInstance(error)) return error
  const { code = '', path, syscall } = error instanceof Error ? (error as NodeJS.ErrnoException) : {}
  const why = syscall !== undefined && Object.hasOwn(refusals, code) ? refusals[code] : undefined
  if (why !== undefined) {
    return new CustodyError('FILE_SYSTEM_REFUSED', `${path ?? 'A file'} cannot be used: ${why} (${code}).`, {
      cause: error,
      actions: ['Check its disk, its owner and what stands in its place, then run the same command again.'],
    })
  }
  return new CustodyError('UNEXPECTED', 'Something went wrong that Custody does not know.', {
    cause: error,
    actions: ['Run the same command with --debug and report what it prints.'],
  })
}
