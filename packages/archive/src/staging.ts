import { existsSync } from 'node:fs'
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import { syncDirectory } from '@custody/sinks'
import { type ArchiveSettings, assertFree } from './archive-settings.ts'

/**
 * Makes the folder in which the bag grows: hidden, beside the archive's later place, and named as unfinished, so that a
 * killed run leaves nothing that looks whole.
 */
export async function beginStaging({ directory, staging }: ArchiveSettings): Promise<void> {
  await mkdir(directory, { recursive: true })
  try {
    await mkdir(staging)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    throw new CustodyError('ARCHIVE_STAGING', `Cannot make the folder for the unfinished archive: ${staging}.`, {
      kind: 'refused',
      cause,
      actions: ['Check that no other run with this run id is at work, then remove the folder.'],
    })
  }
}

/** Removes everything unfinished. */
export async function removeStaging({ staging, packing }: ArchiveSettings): Promise<void> {
  await rm(staging, { recursive: true, force: true })
  await rm(packing, { force: true })
}

/** Flushes the folders of the bag, so that the names of its files outlive a power cut. */
export async function syncFolders(staging: string, paths: Iterable<string>): Promise<void> {
  const folders = new Set(['.'])
  for (const path of paths) {
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) folders.add(folder)
  }
  for (const folder of folders) await syncDirectory(join(staging, folder))
}

/** Gives the finished archive its name. What stood there before goes only then. */
export async function publish(settings: ArchiveSettings): Promise<void> {
  const { container, directory, target, staging, packing } = settings
  // Another run may have been faster.
  assertFree(settings)
  await assertReplaceable(settings)
  if (container === 'zip') {
    // The name comes last: whoever is killed before it is gone on with, and nothing in the clear is left beside an archive that has it.
    await rm(staging, { recursive: true, force: true })
    await rename(packing, target)
  } else if (existsSync(target)) {
    const old = `${staging}.replaced`
    await rename(target, old)
    try {
      await rename(staging, target)
    } catch (error) {
      await rename(old, target)
      throw error
    }
    await rm(old, { recursive: true, force: true })
  } else await rename(staging, target)
  await syncDirectory(directory)
}

/**
 * File names of unfinished archives of this name, of runs that were killed or are still at work. They hold conversations.
 * None where the directory is not there.
 */
export async function findLeftovers({
  directory,
  name,
}: Pick<ArchiveSettings, 'directory' | 'name'>): Promise<readonly string[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return names.filter((file) => file.startsWith(`.${name}.partial-`) || file.startsWith(`.${name}.zip.partial-`)).sort()
}

/** Replacing is for archives: somebody's folder that happens to have this name is left alone. */
export async function assertReplaceable({ container, target }: ArchiveSettings): Promise<void> {
  const present = await lstat(target).catch(() => undefined)
  if (present === undefined) return
  const isArchive =
    container === 'zip' ? present.isFile() : present.isDirectory() && existsSync(join(target, 'bagit.txt'))
  if (isArchive) return
  throw new CustodyError('ARCHIVE_NOT_REPLACEABLE', `What stands at ${target} is no archive; it is not replaced.`, {
    kind: 'refused',
    actions: ['Move it away, or choose another name or directory.'],
  })
}
