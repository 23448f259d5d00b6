import { closeSync, existsSync, openSync } from 'node:fs'

/**
 * Makes an empty file that only its owner may read, unless it is there. SQLite gives the files beside it the same rights.
 *
 * One that is there is not even opened: closing it again would drop the locks this process has on it (fcntl(2)).
 */
export function createPrivateFile(path: string): void {
  if (existsSync(path)) return
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
