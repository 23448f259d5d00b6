import { execFileSync } from 'node:child_process'
import { readdirSync, statfsSync } from 'node:fs'
import { CustodyError } from '@custody/pipeline'
import { expect, onTestFinished, test } from 'vitest'
import { archive } from './archive.ts'
import { onDisk, onRemoval } from './disk-error.ts'
import { batchOf, sampleConversation, sampleEntry, sourceOf, window } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { archiveOptions, writeArchive } from './testing/write-archive.ts'

const failure = (code: string): Error => Object.assign(new Error(code), { code })

test.each(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'ENOENT', 'ENAMETOOLONG'])(
  '%s is told with its place and what to do',
  async (code) => {
    const cause = failure(code)
    await expect(onDisk('/archives', Promise.reject(cause))).rejects.toMatchObject({
      code: 'ARCHIVE_DISK',
      kind: 'failure',
      retryable: false,
      message: expect.stringMatching(`/archives.*\\(${code}\\)`),
      actions: [expect.stringContaining('--out')],
      cause,
    })
    await expect(onRemoval('/archives/.a.partial-1', Promise.reject(cause))).rejects.toMatchObject({
      code: 'ARCHIVE_DISK',
      message: expect.stringMatching(`/archives/.a.partial-1.*\\(${code}\\)`),
    })
  },
)

test('every other failure stays as it is', async () => {
  for (const error of [failure('ECONNRESET'), failure('toString'), new CustodyError('EIO', 'ours'), 'text', null]) {
    await expect(onDisk('/archives', Promise.reject(error))).rejects.toBe(error)
  }
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

// The bag fits the first, and the ZIP beside it does not: it fails while packing.
test.each([
  ['2m', 'folder'],
  ['5m', 'zip'],
] as const)('a disk of %s that fills up leaves nothing (%s)', async (size, container) => {
  const folder = smallDisk(size)
  if (folder === null) return
  const text = Buffer.from(crypto.getRandomValues(new Uint8Array(48_000))).toString('base64')
  const large = Array.from({ length: 60 }, (_, index) =>
    sampleConversation(index, { entries: [sampleEntry(`${index}`, window.from, 'agent', { text })] }),
  )
  await expect(writeArchive(folder, sourceOf(batchOf(large)), { container, formats: ['jsonl'] })).rejects.toMatchObject(
    { code: 'ARCHIVE_DISK', message: expect.stringContaining(`${folder}: no space is left (ENOSPC)`) },
  )
  expect(readdirSync(folder)).toEqual([])
  // A file that somebody still holds open would keep its space.
  const { bfree, blocks } = statfsSync(folder)
  expect(bfree).toBe(blocks)
})

test('a disk that turns read-only is told when the unfinished archive cannot be begun', async () => {
  const folder = smallDisk('1m')
  if (folder === null) return
  const sink = archive(archiveOptions(folder))
  execFileSync('mount', ['-o', 'remount,ro', folder])
  await expect(sink(sourceOf(batchOf([sampleConversation(1)]))())).rejects.toMatchObject({
    code: 'ARCHIVE_DISK',
    message: expect.stringContaining(`${folder}: the file system is read-only (EROFS)`),
  })
})
