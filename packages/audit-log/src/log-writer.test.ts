import { execFileSync } from 'node:child_process'
import { appendFileSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import { expect, onTestFinished, test } from 'vitest'
import { AuditChain } from './audit-chain.ts'
import { type LogHandle, LogWriter } from './log-writer.ts'
import { openAuditLog } from './open-audit-log.ts'
import { tickingClock } from './testing/sample-log.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

const diskError = (code: string): Error => Object.assign(new Error(code), { code, syscall: 'write' })

/** A disk that can be told to fail: each call runs what is put in its place. */
interface Faults {
  write?: (handle: FileHandle, bytes: Buffer, position: number) => Promise<{ bytesWritten: number }>
  datasync?: () => Promise<void>
  truncate?: () => Promise<void>
}

async function newLog(): Promise<{ file: string; writer: LogWriter; faults: Faults }> {
  const file = join(temporaryFolder(), 'audit.jsonl')
  const handle = await open(file, 'wx+')
  onTestFinished(() => handle.close())
  const faults: Faults = {}
  const failing = {
    write: (bytes: Buffer, offset: number, length: number, position: number) =>
      faults.write
        ? faults.write(handle, bytes.subarray(offset, offset + length), position)
        : handle.write(bytes, offset, length, position),
    datasync: () => faults.datasync?.() ?? handle.datasync(),
    truncate: (length: number) => faults.truncate?.() ?? handle.truncate(length),
    stat: () => handle.stat(),
  } as LogHandle
  const content = { chain: new AuditChain(), bytes: 0 }
  const writer = new LogWriter({ file, handle: failing, content, actor: 'a', clock: tickingClock() })
  await writer.append([{ act: 'archive.start' }])
  return { file, writer, faults }
}

/** What opening the file anew makes of it. */
async function reopened(file: string): Promise<{ acts: string[]; recovered: boolean }> {
  await using log = await openAuditLog({ file, actor: 'b' })
  const acts = readFileSync(file, 'latin1').trimEnd().split('\n')
  return { acts: acts.map((line) => JSON.parse(line).act), recovered: log.opening.recovered !== null }
}

test('bytes written in small pieces make the same line', async () => {
  const { file, writer, faults } = await newLog()
  faults.write = (handle, bytes, position) => handle.write(bytes, 0, Math.min(7, bytes.length), position)
  await writer.append([{ act: 'archive.end' }, { act: 'seal.created' }])
  expect(await reopened(file)).toEqual({ acts: ['archive.start', 'archive.end', 'seal.created'], recovered: false })
})

test.each(['ENOSPC', 'EIO', 'EDQUOT'])(
  '%s in the middle of a line: cut back, told, and ready for more',
  async (code) => {
    const { file, writer, faults } = await newLog()
    const before = writer.checkpoint
    let calls = 0
    faults.write = async (handle, bytes, position) => {
      if (calls++ > 0) throw diskError(code)
      return await handle.write(bytes, 0, bytes.length - 20, position)
    }
    await expect(writer.append([{ act: 'archive.end' }, { act: 'seal.created' }])).rejects.toMatchObject({
      code: 'AUDIT_LOG_DISK',
      kind: 'failure',
      message: expect.stringMatching(new RegExp(`audit.jsonl.*\\(${code}\\).*cut back`)),
      actions: [expect.stringContaining('space')],
      cause: expect.objectContaining({ code }),
    })
    expect(writer.checkpoint).toEqual(before)
    expect(readFileSync(file, 'latin1').split('\n')).toHaveLength(2)
    delete faults.write
    const [event] = await writer.append([{ act: 'archive.failed' }])
    expect(event).toMatchObject({ n: 1 })
    expect(await reopened(file)).toEqual({ acts: ['archive.start', 'archive.failed'], recovered: false })
  },
)

test('calls that share a flush share its failure; later ones do not', async () => {
  const { file, writer, faults } = await newLog()
  faults.write = () => Promise.reject(diskError('ENOSPC'))
  const failing = [writer.append([{ act: 'hold.set' }]), writer.append([{ act: 'hold.set' }])]
  for (const append of failing) await expect(append).rejects.toMatchObject({ code: 'AUDIT_LOG_DISK' })
  delete faults.write
  await writer.append([{ act: 'hold.released' }])
  expect(await reopened(file)).toEqual({ acts: ['archive.start', 'hold.released'], recovered: false })
})

test('after a flush that failed nothing more is written: what is on the disk is not known', async () => {
  const { file, writer, faults } = await newLog()
  let calls = 0
  faults.datasync = async () => {
    if (calls++ === 0) throw diskError('EIO')
  }
  const refused = { code: 'AUDIT_LOG_DISK', message: expect.stringContaining('opened again') }
  await expect(writer.append([{ act: 'archive.end' }])).rejects.toMatchObject(refused)
  await expect(writer.append([{ act: 'archive.end' }])).rejects.toMatchObject(refused)
  expect(await reopened(file)).toEqual({ acts: ['archive.start'], recovered: false })
})

test('what cannot be cut back is said, and found at the next opening', async () => {
  const { file, writer, faults } = await newLog()
  let calls = 0
  faults.write = async (handle, bytes, position) => {
    if (calls++ > 0) throw diskError('ENOSPC')
    return await handle.write(bytes, 0, bytes.length - 20, position)
  }
  faults.truncate = () => Promise.reject(diskError('EIO'))
  await expect(writer.append([{ act: 'archive.end' }])).rejects.toMatchObject({
    message: expect.stringContaining('could not be cut back'),
  })
  await expect(writer.append([{ act: 'archive.end' }])).rejects.toMatchObject({ code: 'AUDIT_LOG_DISK' })
  expect(await reopened(file)).toEqual({ acts: ['archive.start', 'log.recovered'], recovered: true })
})

test('what is no failure of the disk stays as it is', async () => {
  const { writer, faults } = await newLog()
  for (const error of [new TypeError('ours'), new CustodyError('OURS', 'ours')]) {
    faults.write = () => Promise.reject(error)
    await expect(writer.append([{ act: 'archive.end' }])).rejects.toBe(error)
  }
})

test.each<[string, (file: string) => void]>([
  ['written to', (file) => appendFileSync(file, 'x')],
  ['cut', (file) => writeSync(openSync(file, 'w'), '')],
  ['removed', (file) => rmSync(file)],
  [
    'replaced',
    (file) => {
      writeFileSync(`${file}.other`, 'x'.repeat(statSync(file).size))
      renameSync(`${file}.other`, file)
    },
  ],
])('a file that another hand has %s is not written on into', async (_, tamper) => {
  const { file, writer } = await newLog()
  tamper(file)
  const refused = { code: 'AUDIT_LOG_CHANGED', kind: 'refused' }
  const before = (() => (statSync(file, { throwIfNoEntry: false }) ? readFileSync(file, 'latin1') : null))()
  await expect(writer.append([{ act: 'archive.end' }])).rejects.toMatchObject(refused)
  await expect(writer.append([{ act: 'archive.end' }])).rejects.toMatchObject(refused)
  if (before !== null) expect(readFileSync(file, 'latin1')).toBe(before)
})

/** A file system of its own, small and in memory; null where nobody may mount one. */
function smallDisk(size: string): string | null {
  const folder = temporaryFolder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'pipe' })
  } catch {
    return null
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]))
  return folder
}

test('a disk that is really full: every event that was answered is there, and no other', async (context) => {
  const folder = smallDisk('64k')
  if (folder === null) return context.skip()
  const file = join(folder, 'audit.jsonl')
  const log = await openAuditLog({ file, actor: 'a' })
  let answered = 0
  const filling = async (): Promise<void> => {
    for (;;) answered += (await log.appendAll(Array(7).fill({ act: 'copy.created' }))).length
  }
  await expect(filling()).rejects.toMatchObject({ code: 'AUDIT_LOG_DISK', message: expect.stringContaining('ENOSPC') })
  expect(log.checkpoint().size).toBe(answered)
  await log.close()
  const { acts } = await reopenedWithSpace(file)
  expect(acts).toHaveLength(answered)

  async function reopenedWithSpace(path: string): Promise<{ acts: string[] }> {
    const elsewhere = join(temporaryFolder(), 'audit.jsonl')
    writeFileSync(elsewhere, readFileSync(path))
    const found = await reopened(elsewhere)
    expect(found.recovered).toBe(false)
    return found
  }
})
