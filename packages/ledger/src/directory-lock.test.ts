import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { runModule } from '@custody/testkit'
import { expect, test } from 'vitest'
import { lockDirectory, lockHolder } from './directory-lock.ts'
import { openLedger } from './open-ledger.ts'
import { newDirectory, october, open } from './testing/sample-ledger.ts'

const locked = { code: 'LEDGER_LOCKED', kind: 'refused', retryable: true }
const run = { id: 'run-1', org: 'acme', window: october, jobDigest: 'd' }

test('one writer at a time, and the next one after it', async () => {
  const directory = newDirectory()
  const ledger = await open(directory, { clock: { now: () => 0, sleep: async () => undefined } })
  expect(ledger.takenOverFrom).toBeNull()
  const who = `process ${process.pid} on host ${hostname()} since 1970-01-01T00:00:00.000Z`
  await expect(open(directory)).rejects.toMatchObject({ ...locked, message: expect.stringContaining(`${who}.`) })
  await ledger.beginRun(run)
  await expect(open(directory)).rejects.toMatchObject({
    ...locked,
    message: expect.stringContaining(`${who} for run run-1.`),
  })
  expect(lockHolder(directory)).toMatchObject({ pid: process.pid, run: 'run-1' })
  await ledger.close()
  expect(lockHolder(directory)).toBeNull()
  expect(existsSync(join(directory, 'ledger.lock'))).toBe(false)
  await (await open(directory)).close()
})

test('locks of different names stand side by side in one directory', async () => {
  const directory = newDirectory()
  const clock = { now: () => 0 }
  await using ledger = await open(directory)
  expect(ledger.takenOverFrom).toBeNull()
  const other = lockDirectory(directory, clock, 'other')
  expect(() => lockDirectory(directory, clock, 'other')).toThrow(expect.objectContaining(locked))
  expect(lockHolder(directory, 'other')).toMatchObject({ since: '1970-01-01T00:00:00.000Z' })
  other.release()
  expect(lockHolder(directory, 'other')).toBeNull()
  expect(lockHolder(directory)).toMatchObject({ pid: process.pid })
})

test('another process: refused while it runs, taken over the moment it is killed', async () => {
  const directory = newDirectory()
  expect(lockHolder(directory)).toBeNull()
  const child = runModule(
    import.meta.url,
    `
    import { openLedger } from './open-ledger.ts'
    const ledger = await openLedger({ directory: ${JSON.stringify(directory)} })
    await ledger.beginRun(${JSON.stringify(run)})
    console.log('open')
    setInterval(() => undefined, 1000)`,
  )
  expect(await child.line()).toBe('open')
  await expect(open(directory)).rejects.toMatchObject({
    ...locked,
    message: expect.stringContaining(`process ${child.pid} `),
  })
  expect(lockHolder(directory)).toMatchObject({ pid: child.pid, host: hostname(), run: 'run-1' })
  await using reader = await openLedger({ directory, readOnly: true })
  expect(await reader.runs()).toHaveLength(1)
  await child.kill()
  expect(lockHolder(directory)).toBeNull()
  await using ledger = await open(directory)
  expect(ledger.takenOverFrom).toMatchObject({ pid: child.pid, run: 'run-1' })
})

test.each([
  ['of a process that runs', { pid: process.pid, host: hostname(), since: 'x', run: null }],
  ['of another host', { pid: 1, host: 'a-container-that-is-gone', since: 'x', run: 'run-0' }],
])('a note that was left behind (%s) keeps nobody out: the lock ended with its process', async (_, note) => {
  const directory = newDirectory()
  await (await open(directory)).close()
  writeFileSync(join(directory, 'ledger.lock'), JSON.stringify(note))
  await using ledger = await open(directory)
  expect(ledger.takenOverFrom).toEqual(note)
})

test.each(['', '{"pid":', 'null', '{"pid":"1"}', `{"pid":1,"host":"${'x'.repeat(300)}","since":"x","run":null}`])(
  'a note that says nothing (%j) keeps nobody out either, and its holder is still kept alone',
  async (note) => {
    const directory = newDirectory()
    await (await open(directory)).close()
    writeFileSync(join(directory, 'ledger.lock'), note)
    await using ledger = await open(directory)
    expect(ledger.takenOverFrom).toBeNull()
    writeFileSync(join(directory, 'ledger.lock'), note)
    await expect(open(directory)).rejects.toMatchObject({
      ...locked,
      message: expect.stringContaining('another process'),
    })
    expect(lockHolder(directory)).toBe('unknown')
  },
)

test('a refused or failed opening leaves no lock and no litter', async () => {
  const directory = newDirectory()
  await (await open(directory)).close()
  writeFileSync(join(directory, 'ledger.sqlite'), 'no database at all, though long enough to look like one'.repeat(20))
  await expect(open(directory)).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' })
  await expect(open(directory)).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' })
  expect(readdirSync(directory).sort()).toEqual(['ledger.lock.sqlite', 'ledger.sqlite'])
})

test('of processes that open at the same moment, one has it at a time', { timeout: 60_000 }, async () => {
  const directory = newDirectory()
  const children = Array.from({ length: 3 }, () =>
    runModule(
      import.meta.url,
      `
      import { openLedger } from './open-ledger.ts'
      import { closeSync, openSync, rmSync } from 'node:fs'
      const inside = ${JSON.stringify(`${directory}.inside`)}
      let had = 0
      while (had < 5) {
        let ledger
        try { ledger = await openLedger({ directory: ${JSON.stringify(directory)} }) }
        catch (error) { if (error.code !== 'LEDGER_LOCKED') throw error; continue }
        closeSync(openSync(inside, 'wx'))
        had++
        await new Promise(setImmediate)
        rmSync(inside)
        await ledger.close()
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      console.log('had ' + had)`,
    ),
  )
  expect(await Promise.all(children.map((child) => child.line()))).toEqual(children.map(() => 'had 5'))
  expect(readFileSync(join(directory, 'ledger.sqlite')).length).toBeGreaterThan(0)
})
