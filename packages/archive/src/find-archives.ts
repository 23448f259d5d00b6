import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAmendmentName } from './amendments-report.ts'

/**
 * What looks like archives in a directory, sorted by name, each before its amendments: ZIP files, and folders with a `bagit.txt`. Unfinished
 * ones, which are hidden, are left out. None where the directory is not there.
 */
export async function findArchives(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    // A file in the place of a folder of its path is the same as none.
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
    throw error
  })
  return entries
    .filter((entry) => !entry.name.startsWith('.'))
    .filter((entry) =>
      entry.isDirectory() ? existsSync(join(directory, entry.name, 'bagit.txt')) : /\.zip$/i.test(entry.name),
    )
    .map(({ name }) => ({ name, ...placeOf(name.replace(/\.zip$/i, '')) }))
    .sort((a, b) => compare(a.archive, b.archive) || a.number - b.number || compare(a.name, b.name))
    .map(({ name }) => join(directory, name))
}

function placeOf(name: string): { readonly archive: string; readonly number: number } {
  return parseAmendmentName(name) ?? { archive: name, number: 0 }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
