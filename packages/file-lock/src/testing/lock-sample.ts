import { CustodyError } from '@custody/pipeline'
import { type FileLock, holderText, lockFile } from '../lock-file.ts'

/** Locks a file as a package would, with an error of its own. */
export function lockSample(file: string): Promise<FileLock> {
  return lockFile(file, (holder, path) => {
    return new CustodyError('SAMPLE_LOCKED', `In use by ${holderText(holder)}.`, {
      kind: 'refused',
      retryable: true,
      actions: ['Wait.', `If it is surely over, remove ${path}.`],
    })
  })
}
