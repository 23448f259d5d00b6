import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A folder that is gone when the test is. */
export async function temporaryFolder(files: ReadonlyMap<string, Uint8Array | string> = new Map()): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'custody-seal-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  return folder
}

export interface ShellResult {
  readonly ok: boolean
  readonly output: string
}

/** Runs the lines in a plain shell, in the folder; it stops at the first that fails. */
export function shell(folder: string, script: string): Promise<ShellResult> {
  return new Promise((resolve) => {
    execFile('sh', ['-euc', script], { cwd: folder, timeout: 20_000 }, (error, stdout, stderr) => {
      resolve({ ok: error === null, output: stdout + stderr })
    })
  })
}
