import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * What looks like archives in a directory, sorted by name: ZIP files, and folders with a `bagit.txt`. Unfinished ones, which are hidden,
 * are left out. None where the directory is not there.
 */
export async function findArchives(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return entries
    .filter((entry) => !entry.name.startsWith('.'))
    .filter((entry) =>
      entry.isDirectory() ? existsSync(join(directory, entry.name, 'bagit.txt')) : /\.zip$/i.test(entry.name),
    )
    .map((entry) => join(directory, entry.name))
    .sort()
}
