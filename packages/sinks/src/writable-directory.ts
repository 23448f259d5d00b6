import { accessSync, constants, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { usageError } from '@custody/pipeline'

/**
 * Checks, without changing anything, that a directory can be written to or can be made.
 *
 * @throws CustodyError of kind usage, `DIRECTORY_NOT_WRITABLE`.
 */
export function assertWritableDirectory(directory: string): void {
  // It would stand for the working directory, which nobody named.
  if (directory === '') throw notWritable(directory, 'its name is empty')
  // The nearest ancestor that exists decides.
  for (let path = resolve(directory); ; path = dirname(path)) {
    try {
      if (!statSync(path).isDirectory()) throw notWritable(directory, `${path} is not a directory`)
      accessSync(path, constants.W_OK | constants.X_OK)
      return
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === 'DIRECTORY_NOT_WRITABLE') throw error
      if (code !== 'ENOENT' || path === dirname(path)) throw notWritable(directory, `${path}: ${String(code)}`)
    }
  }
}

function notWritable(directory: string, why: string): Error {
  return usageError(
    'DIRECTORY_NOT_WRITABLE',
    `Cannot write to the directory ${directory} (${why}).`,
    'Name another directory, or give this user the right to write to it.',
  )
}
