import { CustodyError, usageError } from '@custody/pipeline'

// Why an erasure does not happen. Whoever gets one of these has the archive as it was.

export function notValid(archive: string, findings: number): CustodyError {
  return new CustodyError(
    'ERASE_NOT_VALID',
    `${archive} is not as it was made: ${findings} findings. Erasing would write a new archive over the evidence.`,
    { kind: 'refused', actions: [`See what is wrong: custody verify ${archive}`, 'Erase in a copy that is valid.'] },
  )
}

/** Somebody else is at work on the archive. */
export function changed(archive: string, path: string | null): CustodyError {
  return new CustodyError(
    'ARCHIVE_CHANGED',
    `${path === null ? archive : `${path} of ${archive}`} changed after it was verified. Nothing was made of it.`,
    { kind: 'refused', actions: ['See that nobody else works on the archive, then say it again.'] },
  )
}

export function needsSeal(archive: string): CustodyError {
  return new CustodyError('ERASE_NEEDS_SEAL', `${archive} is sealed: without a seal the new one would prove nothing.`, {
    kind: 'refused',
    actions: ['Give the signing key of the org.'],
  })
}

export function needsPage(path: string, archive: string): CustodyError {
  return new CustodyError(
    'ERASE_NEEDS_PAGE',
    `${path} of ${archive} holds what is to go, and nobody was given who makes it anew. Nothing was changed.`,
    { kind: 'refused', actions: ['Erase with the command line, or give `pages` with the makers of both pages.'] },
  )
}

export function badSeal(why: string): CustodyError {
  return new CustodyError('ERASE_SEAL', `The seal that was made cannot stand in the archive: ${why}.`, {
    actions: ['Nothing was changed. Report this.'],
  })
}

export function unknownRecords(count: number, archive: string): CustodyError {
  return new CustodyError(
    'ERASE_UNKNOWN_RECORD',
    `${archive} does not hold ${count} of the named conversations. Nothing was changed.`,
    {
      kind: 'not-found',
      actions: [
        'Check identifiers and archive. What was erased before has no identifier any more: integrity/erasures.jsonl has its index.',
      ],
    },
  )
}

export function nothingLeft(count: number, archive: string): CustodyError {
  return new CustodyError('ERASE_ALREADY_ERASED', `All ${count} named records of ${archive} were erased before.`, {
    kind: 'refused',
    actions: ['See integrity/erasures.jsonl in the archive for when, why and by whom.'],
  })
}

/** What is no line of ours cannot be told from what others hold. */
export function unknownLine(path: string): CustodyError {
  return new CustodyError('ERASE_LINE', `A line of ${path} is not in the form of its schema. Nothing was changed.`, {
    kind: 'refused',
    actions: ['Check the archive: custody verify.'],
  })
}

export function longLine(path: string, bytes: number): CustodyError {
  return new CustodyError(
    'ERASE_LINE_TOO_LONG',
    `${path} has a line of more than ${bytes} bytes. Nothing was changed.`,
    {
      kind: 'refused',
      actions: ['Report this; or remove the archive as a whole.'],
    },
  )
}

/** A file of which nobody here knows whose data it holds: copying it could leave data behind. */
export function unknownForm(path: string): CustodyError {
  return new CustodyError(
    'ERASE_FILE_UNKNOWN',
    `${path} is not in a form that this version knows, so what it holds of a conversation cannot be taken out.`,
    {
      kind: 'refused',
      actions: ['Erase with the version that wrote the archive, or a newer one. Nothing was changed.'],
    },
  )
}

/** Two identifiers that are one in a spreadsheet: `=1` is written as `'=1` there. */
export function sameCell(archive: string): CustodyError {
  return new CustodyError(
    'ERASE_AMBIGUOUS',
    `In the tables of ${archive} a conversation that stays cannot be told from one to erase. Nothing was changed.`,
    { kind: 'refused', actions: ['Erase both, or archive the window again and leave this one out.'] },
  )
}

/** A word of the person who erases that would keep what is to go. */
export function namesItself(option: 'erasureId' | 'operator' | 'reference'): CustodyError {
  return usageError(
    'ERASE_REFERENCE',
    `erase: ${option} stays in the archive, and it names a conversation that is to be erased.`,
    'Give an opaque id instead.',
  )
}

export function usedId(erasureId: string): CustodyError {
  return usageError('ERASE_ID', `erase: ${erasureId} is the id of an earlier erasure in this archive.`)
}

export function atWork(staging: string): CustodyError {
  return new CustodyError('ERASE_STAGING', `An erasure of this id was begun before: ${staging} is there.`, {
    kind: 'refused',
    actions: ['Check that no other erasure is at work, remove the folder, then erase again.'],
  })
}

export function linked(archive: string, files: number): CustodyError {
  return new CustodyError(
    'ERASE_LINKED',
    `${files} files of ${archive} have further names on this disk (hard links): under these the bytes would stay.`,
    { kind: 'refused', actions: ['Find them with `find -samefile`, remove them, then erase again.'] },
  )
}

export function interrupted(archive: string, replaced: string): CustodyError {
  return new CustodyError(
    'ERASE_INTERRUPTED',
    `${archive} is not there: replacing it was interrupted. The old one stands whole at ${replaced}.`,
    { kind: 'refused', actions: ['Run the erasure, not only its plan: it puts the old one back first.'] },
  )
}

export function checkFailed(findings: number): CustodyError {
  return new CustodyError(
    'ERASE_CHECK',
    `The archive just written has ${findings} findings. It was removed; the old one stands unchanged.`,
    { actions: ['Check the disk and the signing key, then erase again. If it stays, report this.'] },
  )
}

/** What the disk refuses, before anything was replaced. All else stays as it is. */
export function onErasureDisk(error: unknown, archive: string): unknown {
  if (CustodyError.isInstance(error) || !(error instanceof Error) || !('syscall' in error)) return error
  const { code = 'unknown' } = error as NodeJS.ErrnoException
  return new CustodyError('ERASE_DISK', `Cannot write beside ${archive} (${code}). It stands unchanged.`, {
    cause: error,
    actions: ['Free space for a second copy of the archive, or allow writing in its folder; then erase again.'],
  })
}

/** The worst place to fail: the new archive stands, and so does, under another name, what was erased. */
export function oldRemains(path: string, cause: unknown): CustodyError {
  return new CustodyError(
    'ERASE_OLD_REMAINS',
    `The archive was erased and replaced, but what was made on the way could not be removed: ${path}.`,
    { cause, actions: ['Remove what begins with that name: it holds conversations, also those that were erased.'] },
  )
}
