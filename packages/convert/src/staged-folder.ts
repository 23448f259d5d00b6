import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import { syncDirectory } from '@custody/sinks'

/**
 * Fills a folder under a name of its own, and gives it its name when everything is in it. A failure or an abort removes what was begun; a
 * kill leaves it hidden, named `partial`.
 *
 * @throws CustodyError `CONVERT_FOLDER` of kind refused, where the folder is not empty or cannot be made
 */
export async function inStagedFolder<T>(directory: string, fill: (folder: string) => Promise<T>): Promise<T> {
  const target = resolve(directory)
  const staging = join(dirname(target), `.${basename(target)}.partial-${randomBytes(4).toString('hex')}`)
  await assertEmpty(target)
  await begin(staging, target)
  try {
    const filled = await fill(staging)
    await syncDirectory(staging)
    // Takes the place of an empty folder, and of nothing else.
    await rename(staging, target).catch((cause: NodeJS.ErrnoException) => {
      throw refused(target, `it cannot be put there (${cause.code ?? 'unknown'})`, cause)
    })
    await syncDirectory(dirname(target))
    return filled
  } catch (error) {
    await rm(staging, { recursive: true, force: true })
    throw error
  }
}

async function assertEmpty(target: string): Promise<void> {
  const files = await readdir(target).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return []
    throw refused(target, `it cannot be read (${cause.code ?? 'unknown'})`, cause)
  })
  if (files.length > 0) throw refused(target, 'it is not empty')
}

async function begin(staging: string, target: string): Promise<void> {
  try {
    await mkdir(dirname(target), { recursive: true })
    await mkdir(staging)
  } catch (cause) {
    throw refused(target, `it cannot be made (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`, cause)
  }
}

function refused(target: string, why: string, cause?: unknown): CustodyError {
  return new CustodyError('CONVERT_FOLDER', `Nothing is written to ${target}: ${why}.`, {
    kind: 'refused',
    ...(cause !== undefined && { cause }),
    actions: ['Name a folder that is not there yet, or an empty one.'],
  })
}
