import { CustodyError, usageError } from '@custody/pipeline'

/** What stands in each error about a journal that cannot be used any more. */
const removeIt = (file: string): string =>
  `Remove ${file}: it is only a cache of the run, so nothing is lost but the time to ask the org again.`

export function damaged(file: string, position: number, what: string): CustodyError<'JOURNAL_DAMAGED'> {
  return new CustodyError('JOURNAL_DAMAGED', `The journal ${file} is damaged at byte ${position}: ${what}.`, {
    actions: [removeIt(file)],
  })
}

export function wrongKey(file: string): CustodyError<'JOURNAL_KEY'> {
  return usageError(
    'JOURNAL_KEY',
    `The journal ${file} was written with another key.`,
    'Give the key that the run began with.',
    removeIt(file),
  )
}

export function otherFormat(file: string, version: number): CustodyError<'JOURNAL_FORMAT'> {
  return new CustodyError('JOURNAL_FORMAT', `The journal ${file} has the format ${version}, which is not known here.`, {
    kind: 'refused',
    actions: ['Go on with the version of Custody that began the run.', removeIt(file)],
  })
}

export function changed(file: string): CustodyError<'JOURNAL_CHANGED'> {
  return new CustodyError(
    'JOURNAL_CHANGED',
    `The journal ${file} was removed, replaced, cut or written to while it was open.`,
    { actions: ['Find out who else works in its directory, then run again.'] },
  )
}

/**
 * What the file system refuses, as the error `JOURNAL_DISK`; all else stays as it is. Never `retryable`: sources take that
 * for a fault of one conversation, and would go on without it.
 *
 * @param state What is left of the journal now, one sentence.
 */
export function toDiskError(file: string, error: unknown, state: string): unknown {
  if (CustodyError.isInstance(error) || !(error instanceof Error)) return error
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === undefined || syscall === undefined) return error
  return new CustodyError('JOURNAL_DISK', `Cannot read or write the journal ${file} (${code}). ${state}`, {
    cause: error,
    actions: ['Free space, or allow reading and writing in its directory; then run again.'],
  })
}

/** Awaits work on the files of a journal that leaves what it holds as it was. */
export async function onDisk<T>(file: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw toDiskError(file, error, 'It is as it was.')
  }
}
