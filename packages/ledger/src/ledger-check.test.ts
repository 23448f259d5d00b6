import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import {
  beginNovember,
  collect,
  december,
  entry,
  newDirectory,
  november,
  october,
  open,
  sealOctober,
} from './testing/sample-ledger.ts'

/** A ledger with a little of everything, changed by another hand while nobody has it open. */
async function meddledLedger(sql: string): Promise<string> {
  const directory = newDirectory()
  const ledger = await open(directory)
  await sealOctober(ledger, [entry(1), entry(2)])
  await beginNovember(ledger)
  await ledger.compareEntries({ run: 'november', window: october, rows: [entry(1), entry(3)], complete: true })
  await ledger.commitRun('november', { archive: 'b' })
  const { id } = await ledger.openWindow({ org: 'acme', ...november })
  await ledger.settleWindow(id)
  await ledger.sealWindow(id, { archive: 'b', sealDigest: 's' })
  await ledger.beginRun({ id: 'given-up', org: 'acme', window: december, jobDigest: 'd' })
  await ledger.recordEntries('given-up', [{ ...entry(4), sentAt: december.from }])
  expect(await ledger.check()).toEqual([])
  await ledger.close()
  const database = new DatabaseSync(join(directory, 'ledger.sqlite'), { enableForeignKeyConstraints: false })
  database.enableDefensive(false)
  database.exec(sql)
  database.close()
  return directory
}

test.each([
  ['overlap', 'update window set opens = opens - 1 where n = 2'],
  ['stray-entry', 'update entry set sent_at = 1 where run = 1 and key = (select key from entry where run = 1 limit 1)'],
  ['stray-entry', 'delete from amendment'],
  ['stray-amendment', 'delete from entry where run = 2'],
  ['dangling', "delete from run where id = 'given-up'"],
])('%s is found, told, and not repaired', async (code, sql) => {
  await using ledger = await open(await meddledLedger(sql))
  const findings = await ledger.check()
  expect(findings).toContainEqual({ code, message: expect.any(String), repairable: false })
  expect(await ledger.repair()).toEqual({ done: [], findings })
})

test('what a given-up run left is found and removed, and nothing else is', async () => {
  const sql = "update run set state = 'abandoned', ended_at = 1 where id = 'given-up'"
  await using ledger = await open(await meddledLedger(sql))
  expect(await ledger.check()).toMatchObject([{ code: 'left-over', repairable: true }])
  const before = await collect(ledger.amendments({ org: 'acme' }))
  expect(await ledger.repair()).toEqual({ done: [expect.stringContaining('given-up')], findings: [] })
  expect(await collect(ledger.amendments({ org: 'acme' }))).toEqual(before)
})

test('an index that lost a row is built anew from its table', async () => {
  // The index is made to look at nothing: its rows are gone, the table has them.
  const directory = await meddledLedger(`
    create table decoy (n integer primary key, org integer, job_digest text);
    create index decoy_index on decoy (org, job_digest, n);
    pragma writable_schema = on;
    update sqlite_schema set rootpage = (select rootpage from sqlite_schema where name = 'decoy_index')
      where name = 'run_by_job';
    delete from sqlite_schema where name = 'decoy_index';
    pragma writable_schema = off;
  `)
  await using ledger = await open(directory)
  const findings = await ledger.check()
  expect(findings.some(({ code, repairable }) => code === 'damaged' && repairable)).toBe(true)
  expect(await ledger.unfinishedRun({ org: 'acme', jobDigest: 'd' })).toBeNull()
  const { done } = await ledger.repair()
  expect(done).toEqual(['All indexes were built anew.'])
  expect(await ledger.unfinishedRun({ org: 'acme', jobDigest: 'd' })).toMatchObject({ id: 'given-up' })
})

test('a snapshot is a ledger of that moment, and never replaces a file', async () => {
  const directory = newDirectory()
  await using ledger = await open(directory)
  await sealOctober(ledger, [entry(1)])
  const path = join(directory, 'snapshot.sqlite')
  await ledger.snapshot(path)
  await beginNovember(ledger)
  await expect(ledger.snapshot(path)).rejects.toMatchObject({ code: 'LEDGER_SNAPSHOT_EXISTS', kind: 'refused' })
  expect(readdirSync(directory).filter((name) => name.includes('part'))).toEqual([])

  const restored = newDirectory()
  mkdirSync(restored)
  copyFileSync(path, join(restored, 'ledger.sqlite'))
  await using copy = await open(restored)
  expect(await copy.check()).toEqual([])
  expect((await copy.runs()).map(({ id }) => id)).toEqual(['october-acme'])
  await expect(ledger.snapshot(join(directory, 'no', 'such', 'folder'))).rejects.toThrow()
  expect(existsSync(join(directory, 'no'))).toBe(false)
})

test('the head of an audit log only ever grows', async () => {
  await using ledger = await open()
  const [a, b] = ['a'.repeat(64), 'b'.repeat(64)]
  expect(await ledger.auditHead('acme')).toBeNull()
  for (const head of [
    { size: 0, root: a },
    { size: 3, root: a },
    { size: 3, root: a },
    { size: 4, root: b },
  ]) {
    await ledger.setAuditHead('acme', head)
    expect(await ledger.auditHead('acme')).toEqual(head)
  }
  for (const head of [
    { size: 3, root: a },
    { size: 4, root: a },
  ]) {
    await expect(ledger.setAuditHead('acme', head)).rejects.toMatchObject({
      code: 'LEDGER_AUDIT_HEAD',
      kind: 'refused',
    })
  }
  await ledger.setAuditHead('other', { size: 1, root: a })
  for (const head of [
    { size: -1, root: a },
    { size: 5.5, root: a },
    { size: 5, root: 'A'.repeat(64) },
  ]) {
    await expect(ledger.setAuditHead('acme', head)).rejects.toMatchObject({ code: 'LEDGER_OPTIONS', kind: 'usage' })
  }
})
