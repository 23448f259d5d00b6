import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Window } from '@custody/schedule'
import { orgState } from '../config/org-state.ts'

/**
 * Windows that a schedule archived, or was about to archive, and around which sealed time was not yet read again. Each is noted from
 * before it is archived until its neighbours are read: a run that is stopped in between must not leave that out.
 *
 * Each is an empty file named by its window, so that runs started together do not forget one another's.
 */
export async function owedRereadings(stateDirectory: string, alias: string): Promise<readonly Window[]> {
  try {
    return (await readdir(folderOf(stateDirectory, alias))).flatMap(windowOf)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

export async function oweRereading(stateDirectory: string, alias: string, window: Window): Promise<void> {
  const folder = folderOf(stateDirectory, alias)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, nameOf(window)), '', { mode: 0o600, flush: true })
}

/** They are read. */
export async function settleRereadings(
  stateDirectory: string,
  alias: string,
  windows: readonly Window[],
): Promise<void> {
  for (const window of windows) await rm(join(folderOf(stateDirectory, alias), nameOf(window)), { force: true })
}

function folderOf(stateDirectory: string, alias: string): string {
  return join(orgState(stateDirectory, alias), 'owed-rereadings')
}

function nameOf({ from, to }: Window): string {
  return `${Date.parse(from)}-${Date.parse(to)}`
}

/** Nothing for what was not named here. */
function windowOf(name: string): readonly Window[] {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(name)
  if (match === null) return []
  const [from, to] = [Number(match[1]), Number(match[2])].map((ms) => new Date(ms).toISOString()) as [string, string]
  return [{ from, to }]
}
