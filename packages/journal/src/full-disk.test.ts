import { execFileSync } from 'node:child_process'
import { rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openJournal } from './open-journal.ts'
import { opened, testKey, textOf } from './testing/journal-files.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

/** A disk of 256 KB; null where this process may not mount one. */
function smallDisk(): string | null {
  const folder = temporaryFolder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return null
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]))
  return folder
}

test('a disk that is full: what was acknowledged stays, and with space again it goes on', async ({ skip }) => {
  const disk = smallDisk()
  if (disk === null) return skip('mounting needs root')
  const file = join(disk, 'answers.journal')
  const journal = await opened(file)
  const answer = 'x'.repeat(10_000)
  const acknowledged: string[] = []
  let failure: unknown = null
  for (let n = 0; failure === null; n += 1) {
    const id = String(n)
    await journal.put(id, Buffer.from(answer)).then(
      () => acknowledged.push(id),
      (error) => {
        failure = error
      },
    )
  }
  expect(failure).toMatchObject({ code: 'JOURNAL_DISK', message: expect.stringContaining('(ENOSPC)') })
  expect(acknowledged.length).toBeGreaterThan(15)
  expect(statSync(file).size).toBe(journal.size.bytes)
  // Smaller ones still fit.
  await journal.put('small', Buffer.from('small'))
  for (const id of acknowledged) expect(await textOf(journal, id)).toBe(answer)
  await journal.close()
  const again = await opened(file)
  expect(again.opening).toMatchObject({ answers: acknowledged.length + 1, cutBytes: 0 })
})

test('space that comes back is used', async ({ skip }) => {
  const disk = smallDisk()
  if (disk === null) return skip('mounting needs root')
  const journal = await opened(join(disk, 'answers.journal'))
  writeFileSync(join(disk, 'other'), Buffer.alloc(200_000))
  const large = Buffer.alloc(100_000, 'x')
  await expect(journal.put('id', large)).rejects.toMatchObject({ code: 'JOURNAL_DISK' })
  rmSync(join(disk, 'other'))
  await journal.put('id', large)
  expect(await journal.get('id')).toHaveLength(large.length)
})

test('a journal that cannot be made for want of space leaves nothing behind', async ({ skip }) => {
  const disk = smallDisk()
  if (disk === null) return skip('mounting needs root')
  const filler = join(disk, 'filler')
  expect(() => writeFileSync(filler, Buffer.alloc(300_000))).toThrow()
  const file = join(disk, 'answers.journal')
  await expect(openJournal({ file, key: testKey })).rejects.toMatchObject({ code: 'JOURNAL_DISK' })
  rmSync(filler)
  expect((await opened(file)).opening.answers).toBe(0)
})
