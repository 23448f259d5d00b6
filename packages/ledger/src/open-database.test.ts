import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { assertLocalFileSystem } from './network-file-system.ts'
import { openDatabase } from './open-database.ts'
import { openLedger } from './open-ledger.ts'
import { openLimits } from './open-limits.ts'
import { entry, key, newDirectory, open, sealOctober } from './testing/sample-ledger.ts'

const path = (directory: string): string => join(directory, 'ledger.sqlite')

/** Does something to the file with a connection of its own. */
function meddle(directory: string, sql: string): void {
  const database = new DatabaseSync(path(directory))
  database.exec(sql)
  database.close()
}

test('every connection has its settings, also the second one and one for reading', () => {
  const options = { path: path(newDirectory()), applicationId: 7, migrations: ['create table t (a integer) strict'] }
  const first = openDatabase(options)
  for (const database of [first, openDatabase(options), openDatabase({ ...options, readOnly: true })]) {
    const read = (name: string) => Object.values(database.prepare(`pragma ${name}`).get() ?? {})[0]
    expect(
      ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout', 'application_id', 'user_version'].map(read),
    ).toEqual(['wal', 2, 1, 5_000, 7, 1])
  }
})

test('a schema is brought up to date step by step, and each step is done once', () => {
  const options = { path: path(newDirectory()), applicationId: 7 }
  const steps = ['create table a (x integer) strict', 'create table b (x integer) strict', 'insert into b values (1)']
  for (const count of [1, 2, 2, 3, 3]) {
    const database = openDatabase({ ...options, migrations: steps.slice(0, count) })
    expect(database.prepare('pragma user_version').get()).toEqual({ user_version: count })
    if (count === 3) expect(database.prepare('select count(*) as n from b').get()).toEqual({ n: 1 })
    database.close()
  }
  expect(() => openDatabase({ ...options, migrations: [...steps, 'nonsense'] })).toThrow()
  openDatabase({ ...options, migrations: steps }).close()
  // One that cannot be changed is not read with the wrong eyes either.
  expect(() => openDatabase({ ...options, migrations: [...steps, 'select 1'], readOnly: true })).toThrow(
    expect.objectContaining({ code: 'LEDGER_OLDER' }),
  )
})

test('a newer schema is refused, and nothing of it is touched', async () => {
  const directory = newDirectory()
  await (await open(directory)).close()
  meddle(directory, 'pragma user_version = 99')
  for (const readOnly of [false, true]) {
    await expect(openLedger({ directory, key, readOnly })).rejects.toMatchObject({
      code: 'LEDGER_NEWER',
      kind: 'refused',
    })
  }
  meddle(directory, 'pragma user_version = 1')
  await (await open(directory)).close()
})

test.each([
  ['of another program', 'pragma application_id = 42'],
  ['without a mark, though not empty', 'create table notes (text)'],
  ['with a version, but no mark', 'pragma user_version = 1'],
])('a database %s is refused as it is', async (_, sql) => {
  const directory = newDirectory()
  mkdirSync(directory)
  meddle(directory, sql)
  const before = readFileSync(path(directory))
  await expect(openLedger({ directory, key })).rejects.toMatchObject({ code: 'LEDGER_FOREIGN', kind: 'refused' })
  expect(readFileSync(path(directory)).equals(before)).toBe(true)
})

test('the limits of a directory are no ledger', async () => {
  const directory = newDirectory()
  await (await openLimits({ directory })).close()
  writeFileSync(path(directory), readFileSync(join(directory, 'limits.sqlite')))
  await expect(openLedger({ directory, key })).rejects.toMatchObject({ code: 'LEDGER_FOREIGN' })
})

test('reading makes nothing, and changes nothing', async () => {
  const directory = newDirectory()
  await expect(openLedger({ directory, readOnly: true })).rejects.toMatchObject({
    code: 'LEDGER_NOT_FOUND',
    kind: 'not-found',
  })
  const ledger = await open(directory)
  await sealOctober(ledger, [entry(1)])
  // While another one writes.
  await using reader = await openLedger({ directory, readOnly: true })
  expect(await reader.windows({ org: 'acme' })).toHaveLength(1)
  expect(await reader.check()).toEqual([])
  await expect(reader.setAuditHead('acme', { size: 1, root: 'a'.repeat(64) })).rejects.toMatchObject({
    code: 'LEDGER_READ_ONLY',
  })
  await ledger.close()
})

test.runIf(process.platform !== 'win32')('nobody else may read the files', async () => {
  const directory = newDirectory()
  await using ledger = await open(directory)
  await using _ = await openLimits({ directory })
  await ledger.snapshot(join(directory, 'snapshot.sqlite'))
  for (const name of ['ledger.sqlite', 'ledger.sqlite-wal', 'ledger.lock', 'limits.sqlite', 'snapshot.sqlite']) {
    expect([name, statSync(join(directory, name)).mode & 0o777]).toEqual([name, 0o600])
  }
})

test('another key is refused; a ledger without its key can be looked at', async () => {
  const directory = newDirectory()
  const first = await open(directory)
  await sealOctober(first, [entry(1)])
  await first.close()
  const other = new Uint8Array(32).fill(8)
  await expect(openLedger({ directory, key: other })).rejects.toMatchObject({
    code: 'LEDGER_KEY_CHANGED',
    kind: 'refused',
  })
  await expect(openLedger({ directory, key: new Uint8Array(15) })).rejects.toMatchObject({ code: 'LEDGER_KEY' })
  await using ledger = await openLedger({ directory })
  expect(await ledger.runs()).toHaveLength(1)
  expect(() => ledger.nameOf({ org: 'acme', conversation: 'c' })).toThrow(
    expect.objectContaining({ code: 'LEDGER_KEY' }),
  )
})

test('nothing of an identifier is in the files', async () => {
  const directory = newDirectory()
  await using ledger = await open(directory)
  await sealOctober(ledger, [entry(1)])
  await using limits = await openLimits({ directory })
  await limits.createSharedActiveConversations({ org: 'acme', limit: 1, windowMs: 1_000 }).enter('conversation-1')
  await ledger.snapshot(join(directory, 'snapshot.sqlite'))
  const text = ['snapshot.sqlite', 'limits.sqlite-wal']
    .map((name) => readFileSync(join(directory, name), 'latin1'))
    .join()
  expect(text).toContain('acme-october')
  expect(text).not.toMatch(/conversation-1|entry-1/)
})

test('a closed ledger says so', async () => {
  const ledger = await open()
  await ledger.close()
  await ledger.close()
  await expect(ledger.runs()).rejects.toMatchObject({ code: 'LEDGER_CLOSED' })
})

test.each([
  [0x6969, 'NFS'],
  [0xfe534d42, 'SMB2'],
  [0xff534d42 | 0, 'CIFS'],
])('a state directory on a network file system (%i) is refused', (type, name) => {
  expect(() => assertLocalFileSystem('state', () => type)).toThrow(
    expect.objectContaining({ code: 'LEDGER_NETWORK_FILE_SYSTEM', message: expect.stringContaining(name) }),
  )
})

test.each([0xef53, 0x01021994, 0x794c7630, 0x58465342, null])('a disk of this machine (%i) is not', (type) => {
  expect(() => assertLocalFileSystem('state', () => type)).not.toThrow()
})
