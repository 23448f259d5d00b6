import { holderText, type Locked } from '@custody/file-lock'
import { CustodyError } from '@custody/pipeline'

/** The error of a journal that is open elsewhere. */
export function journalLocked(file: string): Locked {
  return (holder, path) =>
    new CustodyError('JOURNAL_LOCKED', `The journal ${file} is in use by ${holderText(holder)}.`, {
      kind: 'refused',
      retryable: true,
      actions: ['Wait until that run is over.', `If it is surely over, remove ${path}.`],
    })
}
