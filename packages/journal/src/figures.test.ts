import { runModule } from '@custody/testkit'
import { expect, test } from 'vitest'
import { newFile } from './testing/journal-files.ts'

const count = process.env['SLOW'] ? 1_000_000 : 100_000

interface Figures {
  readonly putMs: number
  readonly openMs: number
  readonly indexMb: number
  readonly grownMb: number
  readonly answers: number
}

/*
 * Measured on two cores and a disk that takes 3 ms for a flush: 100,000 answers of 5 KB in 4.4 s with 64 lanes and 17 s with
 * 4; read again in 1.5 s. A million of 100 bytes: put in 30 s, read in 13 s, 37 MB of index.
 */
test(`${count} answers: memory is that of the index, and nobody waits`, { timeout: 300_000 }, async () => {
  const child = runModule(
    import.meta.url,
    `
    import { openJournal } from './open-journal.ts'
    const options = { file: ${JSON.stringify(newFile())}, key: new Uint8Array(32) }
    const answer = Buffer.alloc(100, 'answer ')
    const put = await openJournal(options)
    const putAt = performance.now()
    for (let n = 0; n < ${count}; ) {
      await Promise.all(Array.from({ length: 2000 }, () => put.put('conversation ' + n++, answer)))
    }
    const putMs = performance.now() - putAt
    await put.close()
    const before = process.memoryUsage()
    const openAt = performance.now()
    const journal = await openJournal(options)
    const openMs = performance.now() - openAt
    const after = process.memoryUsage()
    const mb = (what) => (after[what] - before[what]) / 2 ** 20
    const { answers } = journal.opening
    console.log(JSON.stringify({ putMs, openMs, indexMb: mb('arrayBuffers'), grownMb: mb('rss'), answers }))
    await journal.close()`,
  )
  const figures: Figures = JSON.parse((await child.line()) ?? '{}')
  expect(figures.answers).toBe(count)
  // 28 bytes an entry, 8 to 16 for its slot, and the window that it is read through.
  expect(figures.indexMb).toBeLessThan((count / 1_000_000) * 60 + 3)
  expect(figures.grownMb).toBeLessThan(100)
  // Ten times what it takes: only something that grows with the square would be slower.
  expect(figures.putMs).toBeLessThan(count * 0.3)
  expect(figures.openMs).toBeLessThan(count * 0.13)
})
