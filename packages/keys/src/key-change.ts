import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import { keyFiles, modeOf, onDisk, syncDirectory, writeNewFile } from './key-files.ts'

// A change of several files that happens whole or not at all. All of them are written into `next.partial/`, flushed, and the
// folder is renamed `next/`: this is the moment at which the change is decided. Then they move to their places one by one; a
// run that is killed on the way is finished by the next one, which needs no passphrase for that.

/** Being prepared. It is also the lock: there is one change at a time. */
const partialFolder = 'next.partial'
/** Decided. */
const nextFolder = 'next'

export interface StagedFile {
  /** Relative to the directory. */
  readonly path: string
  readonly text: string
  /** @defaultValue 0644; the directory itself is closed to others */
  readonly mode?: number
}

/**
 * Changes the files of a key directory at once.
 *
 * @param plan - Reads the directory and says what is to be in it; nothing when there is nothing to do. `resumed` tells that a
 * change which was interrupted has just been finished.
 * @throws CustodyError `KEY_UNFINISHED`, `KEY_DISK`, and what `plan` throws; nothing is changed then
 */
export async function changeKeys(
  directory: string,
  plan: (resumed: boolean) => Promise<readonly StagedFile[]>,
): Promise<{ readonly resumed: boolean }> {
  const partial = join(directory, partialFolder)
  await lock(partial)
  let isOurs = true
  let resumed: boolean
  try {
    resumed = await isInterrupted(directory)
    if (resumed) await onDisk(directory, carryOut(directory))
    const files = await plan(resumed)
    if (files.length > 0) {
      await onDisk(directory, prepare(partial, files))
      await onDisk(directory, rename(partial, join(directory, nextFolder)))
      isOurs = false
    }
  } finally {
    if (isOurs) await rm(partial, { recursive: true, force: true }).catch(() => undefined)
  }
  await onDisk(directory, syncDirectory(directory))
  await onDisk(directory, carryOut(directory))
  return { resumed }
}

/** Whether a change was decided and not carried out to its end. */
export async function isInterrupted(directory: string): Promise<boolean> {
  return (await modeOf(join(directory, nextFolder))) !== null
}

/** Whether a change is being prepared, or its preparation was killed. */
export async function isLocked(directory: string): Promise<boolean> {
  return (await modeOf(join(directory, partialFolder))) !== null
}

async function lock(partial: string): Promise<void> {
  try {
    await mkdir(partial, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return await onDisk(partial, Promise.reject(error))
    throw new CustodyError(
      'KEY_UNFINISHED',
      `Another run is at work on these keys, or was killed: ${partial} is there.`,
      {
        kind: 'refused',
        actions: ['Check that no other run is at work, then remove that folder: what is in it was never used.'],
      },
    )
  }
}

async function prepare(partial: string, files: readonly StagedFile[]): Promise<void> {
  const folders = new Set([partial])
  for (const { path, text, mode = 0o644 } of files) {
    const file = join(partial, path)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await writeNewFile(file, text, mode)
    folders.add(dirname(file))
  }
  for (const folder of folders) await syncDirectory(folder)
}

/**
 * Moves what was decided to its place. What is there already was moved by an earlier run. The new private key comes after the
 * history that explains it, and takes the place of the old one in one step.
 */
async function carryOut(directory: string): Promise<void> {
  const next = join(directory, nextFolder)
  const retired = join(directory, keyFiles.retired)
  const names = await readdir(join(next, keyFiles.retired)).catch(absent([]))
  if (names.length > 0) {
    await mkdir(retired, { recursive: true, mode: 0o700 })
    for (const name of names) await move(join(next, keyFiles.retired, name), join(retired, name))
    await syncDirectory(retired)
  }
  for (const group of [[keyFiles.transitions, keyFiles.starts], [keyFiles.privateKey], [keyFiles.publicKey]]) {
    for (const name of group) await move(join(next, name), join(directory, name))
    await syncDirectory(directory)
  }
  await rm(next, { recursive: true, force: true })
  await syncDirectory(directory)
}

async function move(from: string, to: string): Promise<void> {
  await rename(from, to).catch(absent(undefined))
}

function absent<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return value
    throw error
  }
}
