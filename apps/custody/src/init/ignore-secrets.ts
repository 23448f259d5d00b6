import { existsSync } from 'node:fs'
import { appendFile, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'

/** What must never get into a repository: secrets, keys and state, archives. */
const ignored = ['.env', '.custody/', 'archives/'] as const

/**
 * Adds them to the `.gitignore` of a folder, where it is in a git repository and they are not there yet. Gives what was added.
 */
export async function ignoreSecrets(folder: string): Promise<readonly string[]> {
  if (!isInRepository(folder)) return []
  const file = join(folder, '.gitignore')
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const lines = new Set(text.split(/\r?\n/).map((line) => line.trim().replace(/^\//, '').replace(/\/$/, '')))
  const added = ignored.filter((name) => !lines.has(name.replace(/\/$/, '')))
  if (added.length === 0) return []
  const start = text === '' || text.endsWith('\n') ? '' : '\n'
  await appendFile(file, `${start}${added.join('\n')}\n`)
  return added
}

// `.git` is a folder, or a file in worktrees and submodules.
function isInRepository(folder: string): boolean {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return true
    if (dirname(at) === at) return false
  }
}
