import { execFileSync, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { runModule } from '@custody/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { openLedger } from './open-ledger.ts'
import {
  beginNovember,
  entry,
  key,
  newDirectory,
  november,
  october,
  open,
  sealOctober,
} from './testing/sample-ledger.ts'
import { smallDisk } from './testing/small-disk.ts'

const slow = process.env['SLOW'] !== undefined

/** Begins runs, records entries and archives, each run in a window of a millisecond; prints each as soon as it is acknowledged. */
const worker = (directory: string, from: number): string => `
  import { openLedger } from './open-ledger.ts'
  const ledger = await openLedger({ directory: ${JSON.stringify(directory)}, key: new Uint8Array(32).fill(7) })
  for (let n = ${from}; ; n++) {
    const window = { from: new Date(n).toISOString(), to: new Date(n + 1).toISOString() }
    const id = 'run-' + n
    await ledger.beginRun({ id, org: 'acme', window, jobDigest: 'd' })
    const rows = Array.from({ length: 50 }, (_, i) => ({
      conversation: 'c', entryId: String(i), sentAt: window.from, digest: new Uint8Array(32),
    }))
    await ledger.recordEntries(id, rows)
    const { id: opened } = await ledger.openWindow({ org: 'acme', ...window })
    await ledger.settleWindow(opened)
    await ledger.commitRun(id, { archive: 'archive-' + n, seals: [{ window: opened, sealDigest: 's' }] })
    console.log(n)
  }`

test('killed again and again: what was acknowledged is there, and nothing is torn', { timeout: 300_000 }, async () => {
  const directory = newDirectory()
  const acknowledged: number[] = []
  let next = 1
  for (let round = 0; round < (slow ? 50 : 8); round++) {
    const child = runModule(import.meta.url, worker(directory, next))
    // At a random moment: after a random number of commits, somewhere in the next one.
    for (let count = Math.floor(Math.random() * 8); count >= 0; count--) acknowledged.push(Number(await child.line()))
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 10))
    await child.kill()
    for (let line = await child.line(); line !== null; line = await child.line()) acknowledged.push(Number(line))

    await using ledger = await open(directory)
    expect(ledger.takenOverFrom).toMatchObject({ pid: child.pid })
    expect(await ledger.check()).toEqual([])
    const archived = (await ledger.runs({ org: 'acme', state: 'archived' })).map(({ id }) => Number(id.slice(4)))
    const sealed = (await ledger.windows({ org: 'acme' })).filter(({ state }) => state === 'sealed')
    expect(sealed.map(({ archive }) => Number(archive?.slice(8)))).toEqual(archived)
    expect(archived).toEqual(expect.arrayContaining(acknowledged))
    // At most the one under way was done without anybody being told.
    expect(archived.length - new Set(acknowledged).size).toBeLessThanOrEqual(1 + round)
    for (const { id } of await ledger.runs({ state: 'running' })) await ledger.endRun(id, { state: 'abandoned' })
    next = Math.max(0, ...(await ledger.runs()).map(({ id }) => Number(id.slice(4)))) + 1
  }
})

/** A ledger as a killed process leaves it, with commits in its write-ahead log, and how many runs it had. */
async function killedLedger(runs: number): Promise<string> {
  const directory = newDirectory()
  const child = runModule(import.meta.url, worker(directory, 1))
  for (let count = 0; count < runs; count++) await child.line()
  await child.kill()
  return directory
}

test('a write-ahead log that is cut or flipped loses its end, and nothing before it', {
  timeout: 120_000,
}, async () => {
  const killed = await killedLedger(12)
  const wal = readFileSync(join(killed, 'ledger.sqlite-wal'))
  expect(wal.length).toBeGreaterThan(20_000)
  const whole = await archivedAfter(killed, wal)
  let last = 0
  for (let round = 0; round < 24; round++) {
    const at = Math.floor((wal.length * (round + 1)) / 25) + (round % 3)
    const cut = await archivedAfter(killed, wal.subarray(0, at))
    const flipped = Buffer.from(wal)
    flipped[at] = (flipped[at] ?? 0) ^ 0x10
    const read = await archivedAfter(killed, flipped)
    for (const archived of [cut, read]) expect(archived).toEqual(whole.slice(0, archived.length))
    // The later the damage, the more is there.
    expect(cut.length).toBeGreaterThanOrEqual(last)
    last = cut.length
  }
  expect(last).toBeGreaterThan(0)
  expect(whole.length).toBeGreaterThan(last - 1)
})

async function archivedAfter(killed: string, wal: Uint8Array): Promise<string[]> {
  const directory = newDirectory()
  mkdirSync(directory)
  copyFileSync(join(killed, 'ledger.sqlite'), join(directory, 'ledger.sqlite'))
  writeFileSync(join(directory, 'ledger.sqlite-wal'), wal)
  // Without its first commits the schema itself may still be in the log.
  await using ledger = await openLedger({ directory, key })
  expect(await ledger.check()).toEqual([])
  return (await ledger.runs({ state: 'archived' })).map(({ id }) => id)
}

test('a database cut in the middle is said to be damaged, and never mended silently', async () => {
  const directory = newDirectory()
  const ledger = await open(directory)
  await sealOctober(
    ledger,
    Array.from({ length: 5_000 }, (_, id) => entry(id, id)),
  )
  await ledger.close()
  const path = join(directory, 'ledger.sqlite')
  truncateSync(path, Math.floor(statSync(path).size / 2))
  const findings = await openLedger({ directory, key }).then(
    async (opened) => {
      const { findings } = await opened.repair()
      await opened.close()
      return findings
    },
    (error) => [{ code: error.code }],
  )
  expect(findings.length).toBeGreaterThan(0)
  expect(findings[0]?.code).toMatch(/damaged|LEDGER_DAMAGED/)

  writeFileSync(path, 'no database at all, though long enough to be looked at as if it were one. '.repeat(20))
  await expect(openLedger({ directory, key })).rejects.toMatchObject({ code: 'LEDGER_DAMAGED' })
})

test('a disk that fills up: an error that says so, and what was acknowledged stays', async (context) => {
  const disk = smallDisk(1_024)
  if (disk === null) return context.skip('may not mount a file system')
  onTestFinished(() => disk.unmount())
  const directory = join(disk.path, 'state')
  const ledger = await open(directory)
  await sealOctober(ledger, [entry(1)])
  await beginNovember(ledger)
  const rows = Array.from({ length: 60_000 }, (_, id) => ({ ...entry(id), sentAt: november.from }))
  await expect(ledger.recordEntries('november', rows)).rejects.toMatchObject({
    code: 'LEDGER_DISK',
    message: expect.stringContaining('No space left'),
  })
  expect((await ledger.runs({ state: 'archived' })).map(({ id }) => id)).toEqual(['october-acme'])
  await ledger.close()

  execFileSync('mount', ['-o', 'remount,size=32m', disk.path])
  await using again = await open(directory)
  expect(await again.check()).toEqual([])
  await again.resumeRun('november')
  expect(await again.recordEntries('november', rows.slice(0, 9_000))).toMatchObject({ recorded: 9_000 })
  await again.commitRun('november', { archive: 'acme-november' })
  expect(await again.check()).toEqual([])
})

const strace = spawnSync('strace', ['-V']).status === 0

/** Runs a module under strace, and gives what it printed and what was traced. */
function traced(code: string, options: readonly string[]): { readonly output: string; readonly trace: string } {
  const log = join(newDirectory(), '..', 'trace')
  const here = new URL('.', import.meta.url).href
  const script = code.replaceAll("from './", `from '${here}`)
  const { stdout } = spawnSync(
    'strace',
    [
      '-f',
      '-o',
      log,
      ...options,
      process.execPath,
      '--conditions=@custody/source',
      '--input-type=module',
      '-e',
      script,
    ],
    { encoding: 'utf8' },
  )
  return { output: stdout, trace: existsSync(log) ? readFileSync(log, 'latin1') : '' }
}

test.runIf(strace)('each commit is flushed to the disk before it is acknowledged', { timeout: 60_000 }, () => {
  const directory = newDirectory()
  const { output, trace } = traced(
    `
    import { openLedger } from './open-ledger.ts'
    import { writeSync } from 'node:fs'
    const ledger = await openLedger({ directory: ${JSON.stringify(directory)} })
    for (let n = 0; n < 20; n++) {
      writeSync(1, 'begin\\n')
      await ledger.setAuditHead('acme', { size: n, root: 'a'.repeat(64) })
      writeSync(1, 'done\\n')
    }`,
    ['-e', 'trace=fsync,fdatasync,write'],
  )
  expect(output.match(/done/g)).toHaveLength(20)
  const commits = trace
    .split('"begin\\n"')
    .slice(1)
    .map((part) => part.split('"done\\n"')[0] ?? '')
  expect(commits).toHaveLength(20)
  for (const commit of commits) expect(commit.match(/f(data)?sync\(/g)?.length ?? 0).toBeGreaterThanOrEqual(1)
})

test.runIf(strace)('a disk that refuses to flush: nothing is acknowledged after it', { timeout: 60_000 }, async () => {
  const directory = newDirectory()
  await (await open(directory)).close()
  const { output } = traced(
    `
    import { openLedger } from './open-ledger.ts'
    const ledger = await openLedger({ directory: ${JSON.stringify(directory)} })
    for (let n = 0; n < 20; n++) {
      try {
        await ledger.setAuditHead('acme', { size: n, root: 'a'.repeat(64) })
        console.log(n)
      } catch (error) {
        console.log(error.code)
      }
    }`,
    ['-e', 'trace=fdatasync,fsync', '-e', 'inject=fdatasync,fsync:error=EIO:when=6'],
  )
  const lines = output.trim().split('\n')
  const failed = lines.indexOf('LEDGER_DISK')
  expect(failed).toBeGreaterThan(0)
  expect(lines.slice(failed)).toEqual(lines.slice(failed).map(() => 'LEDGER_DISK'))
  await using ledger = await open(directory)
  expect(await ledger.check()).toEqual([])
  expect((await ledger.auditHead('acme'))?.size).toBeGreaterThanOrEqual(failed - 1)
})

test('an october that was recorded and not archived is not there', async () => {
  const directory = newDirectory()
  const ledger = await open(directory)
  await ledger.beginRun({ id: 'r', org: 'acme', window: october, jobDigest: 'd' })
  await ledger.recordEntries('r', [entry(1)])
  await ledger.close()
  await using again = await open(directory)
  expect(await again.unfinishedRun({ org: 'acme', jobDigest: 'd' })).toMatchObject({ id: 'r', state: 'running' })
  await again.endRun('r', { state: 'abandoned' })
  await sealOctober(again, [])
  await beginNovember(again)
  const compared = await again.compareEntries({ run: 'november', window: october, rows: [], complete: true })
  expect(compared.vanished).toBe(0)
  rmSync(directory, { recursive: true })
})
