import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import { syncDirectory } from './open-database.ts'
import { createPrivateFile } from './private-file.ts'
import type { Database } from './sqlite-driver.ts'

/**
 * Writes a copy of the database as it is now, whole and without its unused pages. It has its name only once it is on the
 * disk.
 */
export function writeSnapshot(database: Database, path: string): void {
  if (existsSync(path)) {
    throw new CustodyError('LEDGER_SNAPSHOT_EXISTS', `There is a file ${path} already.`, {
      kind: 'refused',
      actions: ['Give the snapshot a name of its own.'],
    })
  }
  const temporary = `${path}.part`
  rmSync(temporary, { force: true })
  try {
    createPrivateFile(temporary)
    database.prepare('vacuum into ?').run(temporary)
    const handle = openSync(temporary, 'r+')
    fsyncSync(handle)
    closeSync(handle)
    renameSync(temporary, path)
    syncDirectory(dirname(path))
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}
