import { readFileSync } from 'node:fs'
import { type ExportMapping, loadMapping } from '@custody/export-source'
import { usageError } from '@custody/pipeline'

/**
 * Reads the mapping of a transcript export; undefined where none is named.
 *
 * @throws CustodyError `MAPPING_UNREADABLE`, and what {@link loadMapping} throws, of kind usage
 */
export function readMapping(file: string | undefined): ExportMapping | undefined {
  if (file === undefined) return undefined
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw usageError(
      'MAPPING_UNREADABLE',
      `The mapping ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      'Check the path, or have one proposed: custody export inspect FILE',
    )
  }
  return loadMapping(text)
}
