import { constants } from 'node:fs'
import { access, statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Finding, fail, ok, warn } from './finding.ts'
import { bytes } from './words.ts'

/** Free bytes for this user where a directory is. */
export type FreeBytes = (directory: string) => Promise<number>

export const freeBytes: FreeBytes = async (directory) => {
  const { bavail, bsize } = await statfs(directory)
  return bavail * bsize
}

/** Below this a run is likely to end for want of space. */
const tooLittle = 500 * 2 ** 20

/** An archive of a month of a large org, unzipped beside its ZIP while it is written, takes so much. */
const comfortable = 5 * 2 ** 30

/** Whether a directory can be written to, and how much fits. Nothing is written. */
export async function checkDisk(directory: string, free: FreeBytes = freeBytes): Promise<Finding> {
  const path = resolve(directory)
  const there = await nearestExisting(path)
  const place = there === path ? path : `${path} (not there yet)`
  try {
    await access(there, constants.W_OK | constants.X_OK)
  } catch (error) {
    return fail(
      'DIRECTORY_NOT_WRITABLE',
      `${place} cannot be written to (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      `Let this user write to ${there}, or name another directory.`,
    )
  }
  const left = await free(there)
  const message = `${bytes(left)} are free at ${place}`
  if (left < tooLittle) return fail('DISK_FULL', `${message}: too little.`, 'Make room before the next run.')
  if (left < comfortable)
    return warn('DISK_LOW', `${message}.`, 'Make room: an unfinished archive stands beside its ZIP.')
  return ok(message)
}

/** The directory itself, or what is there of the path to it. */
export async function nearestExisting(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    try {
      await access(at)
      return at
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(at) === at) return at
    }
  }
}
