import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { findArchives } from '@custody/archive'
import { usageError } from '@custody/pipeline'

export interface ArchivesBelow {
  readonly archives: readonly string[]
  /** Files that are no archive, and links, hidden ones and unfinished archives among them: nobody looks into them. */
  readonly others: readonly string[]
}

/**
 * All archives in a folder and in the folders below it. Links are not followed.
 *
 * @throws CustodyError `ERASURE_ARCHIVES_PLACE` (usage) where the folder cannot be read
 */
export async function findArchivesBelow(directory: string): Promise<ArchivesBelow> {
  const archives: string[] = []
  const others: string[] = []
  const open = [directory]
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const found = new Set(
      await findArchives(folder).catch((error: NodeJS.ErrnoException) => unreadable(error, directory)),
    )
    archives.push(...found)
    for (const entry of await entriesOf(folder, directory)) {
      const path = join(folder, entry.name)
      if (found.has(path)) continue
      // What a run left unfinished is a hidden folder: it is told as one.
      if (entry.isDirectory() && !entry.name.startsWith('.')) open.push(path)
      else others.push(path)
    }
  }
  return { archives: archives.sort(), others: others.sort() }
}

async function entriesOf(folder: string, directory: string): Promise<readonly Dirent[]> {
  return await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) =>
    unreadable(error, directory),
  )
}

function unreadable({ code }: NodeJS.ErrnoException, directory: string): never {
  throw usageError(
    'ERASURE_ARCHIVES_PLACE',
    `Not all of ${directory} can be read (${code ?? 'unknown'}): archives would be passed over.`,
    'Name a folder that you may read, with all that is in it.',
  )
}
