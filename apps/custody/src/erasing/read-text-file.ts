import { readFileSync, statSync } from 'node:fs'
import { usageError } from '@custody/pipeline'

const MAX_BYTES = 67_108_864

/**
 * A text that somebody wrote, without a byte order mark.
 *
 * @throws CustodyError `ERASURE_FILE` (usage), without a word of what is in it
 */
export function readTextFile(path: string): string {
  let bytes: Uint8Array
  try {
    if (statSync(path).size > MAX_BYTES) throw usageError('ERASURE_FILE', `${path} is larger than 64 MiB.`, 'Split it.')
    bytes = readFileSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ERASURE_FILE') throw error
    throw usageError('ERASURE_FILE', `${path} cannot be read (${code ?? 'unknown'}).`, 'Check the path.')
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw usageError(
      'ERASURE_FILE',
      `${path} is not written in UTF-8: names and notes would be garbled.`,
      'In a spreadsheet, save it as "CSV UTF-8".',
    )
  }
}
