import { CustodyError } from '@custody/pipeline'

/** A ZIP that is cut, or not what it says. */
export function zipDamaged(zip: string, why: string, cause?: unknown): CustodyError {
  return new CustodyError('EXPORT_ZIP_DAMAGED', `${shown(zip)} is damaged: ${why}.`, {
    cause,
    actions: ['Download the export again, and compare the size with what Salesforce names. Nothing was taken from it.'],
  })
}

/** A ZIP that no export tool makes, and that a careful reader leaves alone. */
export function zipRefused(zip: string, why: string): CustodyError {
  return new CustodyError('EXPORT_ZIP_REFUSED', `${shown(zip)} is refused: ${why}.`, {
    actions: ['Make sure that it comes from Salesforce unchanged. Nothing was taken from it.'],
  })
}

/** A file that cannot be opened or read. */
export function unreadable(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (typeof code !== 'string' || CustodyError.isInstance(error)) return error
  return new CustodyError('EXPORT_UNREADABLE', `${shown(path)} cannot be read (${code}).`, {
    kind: code === 'ENOENT' ? 'not-found' : 'failure',
    cause: error,
    actions: ['Check the path and who may read it.'],
  })
}

/** A file whose form breaks off or contradicts itself, so that nobody knows what is behind that place. */
export function malformed(file: string, why: string, cause?: unknown): CustodyError {
  return new CustodyError('EXPORT_FILE_MALFORMED', `${shown(file)} cannot be read to its end: ${why}.`, {
    cause,
    actions: [
      'Download the export again; what stands behind that place would be missing.',
      'If cells are written without quotes, say `quote: null` in a mapping file.',
    ],
  })
}

/** A file's name as it may be printed: one line, not endless. */
export function shown(name: string): string {
  const line = name.replace(/\p{C}/gu, '?')
  return line.length > 200 ? `${line.slice(0, 199)}…` : line
}
