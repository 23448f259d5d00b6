import { holderText, type Locked } from '@custody/file-lock'
import { CustodyError } from '@custody/pipeline'

/** The error of a log that is open elsewhere. */
export function logLocked(file: string): Locked {
  return (holder, path) =>
    new CustodyError('AUDIT_LOG_LOCKED', `The audit log ${file} is in use by ${holderText(holder)}.`, {
      kind: 'refused',
      retryable: true,
      actions: ['Wait until that run is over.', `If it is surely over, remove ${path}.`],
    })
}
