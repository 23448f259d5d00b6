import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder that goes with the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'export-source-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** What is left in a folder, or nothing where it was never made. */
export async function leftIn(folder: string): Promise<readonly string[]> {
  return await readdir(folder).catch(() => [])
}
