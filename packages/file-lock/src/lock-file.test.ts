import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { runModule } from '@custody/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { processState } from './process-state.ts'
import { lockSample } from './testing/lock-sample.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

const newFile = (): string => join(temporaryFolder(), 'file')
const locked = { code: 'SAMPLE_LOCKED', kind: 'refused', retryable: true }

/** The number of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = runModule(import.meta.url, '')
  expect(await child.line()).toBeNull()
  await child.kill()
  return child.pid
}

function leaveLock(file: string, content: unknown): void {
  writeFileSync(`${file}.lock`, typeof content === 'string' ? content : JSON.stringify(content))
}

test('one at a time, and the next one after it', async () => {
  const file = newFile()
  const lock = await lockSample(file)
  expect(lock.takenOverFrom).toBeNull()
  await expect(lockSample(file)).rejects.toMatchObject({
    ...locked,
    message: expect.stringContaining(`process ${process.pid} on host ${hostname()}`),
    actions: [expect.any(String), expect.stringContaining(`${file}.lock`)],
  })
  await lock.release()
  await lock.release()
  await (await lockSample(file)).release()
  expect(readdirSync(join(file, '..'))).toEqual([])
})

test('the lock of a process that is gone is taken over', async () => {
  const file = newFile()
  const holder = { pid: await deadPid(), host: hostname(), started: null }
  leaveLock(file, holder)
  const lock = await lockSample(file)
  expect(lock.takenOverFrom).toEqual(holder)
  await expect(lockSample(file)).rejects.toMatchObject(locked)
  await lock.release()
  expect(readdirSync(join(file, '..'))).toEqual([])
})

test.runIf(process.platform === 'linux')(
  'a number that another process has now is told from its first holder',
  async () => {
    const state = await processState(process.pid)
    expect(state).toEqual({ started: expect.stringMatching(/^[0-9a-f-]{36}\/\d+$/) })
    const file = newFile()
    leaveLock(file, { pid: process.pid, host: hostname(), started: 'an-earlier-boot/17' })
    const lock = await lockSample(file)
    expect(lock.takenOverFrom).toMatchObject({ pid: process.pid })
    await lock.release()
  },
)

test.each([
  ['of another host', { pid: 1, host: 'elsewhere', started: null }, 'process 1 on host elsewhere'],
  ['of a process that runs', { pid: process.pid, host: hostname(), started: null }, `process ${process.pid}`],
  ['that says nothing', '', 'somebody unknown'],
  ['that is damaged', '{"pid":', 'somebody unknown'],
  ['of process 0, which would be all of them', { pid: 0, host: hostname() }, 'somebody unknown'],
  ['of a negative number', { pid: -1, host: hostname() }, 'somebody unknown'],
  ['that is null', 'null', 'somebody unknown'],
])('a lock %s is respected', async (_, content, who) => {
  const file = newFile()
  leaveLock(file, content)
  await expect(lockSample(file)).rejects.toMatchObject({ ...locked, message: expect.stringContaining(who) })
  expect(existsSync(`${file}.lock`)).toBe(true)
})

test('of a process on another host nothing is known, even if there is none of its number here', async () => {
  const file = newFile()
  leaveLock(file, { pid: await deadPid(), host: 'elsewhere', started: null })
  await expect(lockSample(file)).rejects.toMatchObject(locked)
})

test.runIf(process.platform === 'linux')(
  'a process that has ended is gone, even if nobody took note of it',
  async () => {
    // The shell becomes a program that never asks after its child.
    const shell = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void shell.kill())
    const [pid] = await once(shell.stdout, 'data')
    await expect.poll(() => processState(Number(pid)), { timeout: 10_000 }).toBe('gone')
    expect(() => process.kill(Number(pid), 0)).not.toThrow()
  },
)

test('who takes over needs the guard; one that was left behind is named', async () => {
  const file = newFile()
  const holder = { pid: await deadPid(), host: hostname(), started: null }
  leaveLock(file, holder)
  writeFileSync(`${file}.lock.takeover`, JSON.stringify(holder))
  await expect(lockSample(file)).rejects.toMatchObject({
    ...locked,
    actions: [expect.any(String), expect.stringContaining('.lock.takeover')],
  })
})

test('releasing leaves a lock alone that is not its own', async () => {
  const file = newFile()
  const lock = await lockSample(file)
  leaveLock(file, 'somebody else')
  await lock.release()
  expect(readFileSync(`${file}.lock`, 'utf8')).toBe('somebody else')
})

test('of many processes that find the same dead holder, never two have the file', { timeout: 60_000 }, async () => {
  const file = newFile()
  const dead = { pid: await deadPid(), host: hostname(), started: null }
  leaveLock(file, dead)
  // Each takes the lock again and again; two inside at once would meet at the marker.
  const children = Array.from({ length: 3 }, () =>
    runModule(
      import.meta.url,
      `
      import { lockSample } from './testing/lock-sample.ts'
      import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs'
      const file = ${JSON.stringify(file)}
      let had = 0
      for (let turn = 0; turn < 200; turn++) {
        let lock
        try { lock = await lockSample(file) } catch (error) { if (error.code !== 'SAMPLE_LOCKED') throw error; continue }
        closeSync(openSync(file + '.inside', 'wx'))
        had++
        await new Promise(setImmediate)
        rmSync(file + '.inside')
        if (had % 2 === 0) writeFileSync(file + '.lock', ${JSON.stringify(JSON.stringify(dead))})
        else await lock.release()
      }
      console.log('had ' + (had > 0))`,
    ),
  )
  const answers = await Promise.all(children.map((child) => child.line()))
  expect(answers).toContain('had true')
  expect(answers).not.toContain(null)
})
