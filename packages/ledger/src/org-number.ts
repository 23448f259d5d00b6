import { usageError } from '@custody/pipeline'
import type { Database } from './sqlite-driver.ts'

/** The number that stands for an org in every row; null for one that is not known. */
export function findOrg(database: Database, name: string): number | null {
  return database.prepare('select n from org where name = ?').get<{ readonly n: number }>(name)?.n ?? null
}

/** The same, in a transaction that may make it. */
export function addOrg(database: Database, name: string): number {
  if (typeof name !== 'string' || name === '' || name.length > 255) {
    throw usageError('LEDGER_ORG', 'An org needs a name of 1 to 255 characters.')
  }
  database.prepare('insert into org (name) values (?) on conflict do nothing').run(name)
  return findOrg(database, name) as number
}
