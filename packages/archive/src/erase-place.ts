import { chmod, lstat, mkdir, readdir, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { syncDirectory } from '@custody/sinks'
import type { ErasureSettings } from './erase-options.ts'
import { atWork, changed, interrupted, linked, oldRemains, onErasureDisk } from './erase-refusals.ts'
import type { ArchiveContainer } from './options.ts'
import { findLeftovers } from './staging.ts'

/** Where an archive stands, and where its successor is made: beside it, hidden, named as unfinished. */
export interface ErasurePlace {
  readonly directory: string
  /** The archive itself: links to it are followed. */
  readonly target: string
  /** The file's or folder's name, without `.zip`. */
  readonly name: string
  readonly staging: string
  /** The ZIP while it is packed. */
  readonly packing: string
  /** Where a folder stands between the two renames that replace it. */
  readonly replaced: string
}

/**
 * Finds the archive. A folder whose replacement was killed between its two renames is put back first.
 *
 * @throws CustodyError `ERASE_INTERRUPTED` where that is so and only a plan was asked for
 */
export async function erasurePlace({ archive, erasureId, plan }: ErasureSettings): Promise<ErasurePlace> {
  const target = await realpath(archive).catch(() => restore(archive, plan))
  const directory = dirname(target)
  const name = basename(target).replace(/\.zip$/i, '')
  const staging = join(directory, `.${name}.partial-${erasureId}`)
  const packing = join(directory, `.${name}.zip.partial-${erasureId}`)
  return { directory, target, name, staging, packing, replaced: `${staging}.replaced` }
}

async function restore(archive: string, plan: boolean): Promise<string> {
  const directory = await realpath(dirname(archive)).catch(() => dirname(archive))
  const target = join(directory, basename(archive))
  const leftovers = await findLeftovers({ directory, name: basename(archive) })
  const [replaced, ...others] = leftovers.filter((file) => file.endsWith('.replaced'))
  // A link that leads nowhere is no archive to put back; of two nobody knows which is newer.
  if (replaced === undefined || others.length > 0 || (await lstat(target).catch(() => undefined))) return target
  if (plan) throw interrupted(archive, join(directory, replaced))
  await rename(join(directory, replaced), target)
  await syncDirectory(directory)
  return target
}

/** Makes the folder of the new bag. Nobody else reads in it before it is as closed as the old one. */
export async function beginStaging({ target, staging }: ErasurePlace): Promise<void> {
  try {
    await mkdir(staging, { mode: 0o700 })
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? atWork(staging) : onErasureDisk(error, target)
  }
}

/** What tells one archive from another that takes its name: of a folder, its tag manifest stands for the rest. */
export async function identityOf(target: string): Promise<string> {
  const own = await stat(target, { bigint: true })
  const facts = own.isDirectory() ? await stat(join(target, 'tagmanifest-sha256.txt'), { bigint: true }) : own
  return [own.dev, own.ino, facts.ino, facts.size, facts.mtimeNs].join(' ')
}

/**
 * Refuses where the bytes of the archive have other names, under which they would stay.
 *
 * @throws CustodyError `ERASE_LINKED`
 */
export async function assertOnlyName(target: string, container: ArchiveContainer): Promise<void> {
  let files = 0
  for (const path of container === 'zip' ? [target] : await filesBelow(target)) {
    if ((await lstat(path)).nlink > 1) files += 1
  }
  if (files > 0) throw linked(target, files)
}

/** The new archive may be read by nobody who could not read the old one. */
export async function copyModes(place: ErasurePlace, container: ArchiveContainer): Promise<void> {
  const { target, staging, packing } = place
  const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777
  if (container === 'zip') return chmod(packing, await modeOf(target))
  const whole = await modeOf(join(target, 'run.json'))
  for (const path of await filesBelow(staging)) {
    // What is new is as open as the rest.
    await chmod(path, await modeOf(join(target, path.slice(staging.length))).catch(() => whole))
  }
  await chmod(staging, await modeOf(target))
}

/**
 * Gives the new archive the place of the old one, and removes the old one's bytes.
 *
 * A ZIP is replaced by one rename. No file system call of Node exchanges two folders: a folder takes two renames, and a kill
 * between them leaves both whole beside their place; {@link erasurePlace} puts the old one back.
 *
 * @throws CustodyError `ARCHIVE_CHANGED` where another archive stands there now; `ERASE_OLD_REMAINS`
 */
export async function replaceArchive(
  place: ErasurePlace,
  container: ArchiveContainer,
  identity: string,
): Promise<void> {
  const { directory, target, staging, packing, replaced } = place
  if ((await identityOf(target).catch(() => null)) !== identity) throw changed(target, null)
  if (container === 'zip') await rename(packing, target)
  else {
    await rename(target, replaced)
    try {
      await rename(staging, target)
    } catch (error) {
      await rename(replaced, target)
      throw error
    }
  }
  const rest = container === 'zip' ? staging : replaced
  try {
    await syncDirectory(directory)
    await rm(rest, { recursive: true, force: true })
    await syncDirectory(directory)
  } catch (error) {
    throw oldRemains(rest, error)
  }
}

/** Removes everything unfinished. */
export async function removeUnfinished({ staging, packing }: ErasurePlace): Promise<void> {
  await rm(staging, { recursive: true, force: true })
  await rm(packing, { force: true })
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []))
}
