import { expect, test } from 'vitest'
import type { Container } from './container.ts'
import { openContainer } from './container.ts'
import { Findings } from './findings.ts'
import { folderOf } from './testing/bag-files.ts'
import { invalidBags, writeInvalidBag } from './testing/invalid-bags.ts'
import { richBagFiles } from './testing/rich-bag.ts'
import { Verification } from './verification.ts'

/** What a check of the archive comes to, read as `pass` lets its pieces pass. */
async function reportOf(folder: string, pass: (read: Container['read']) => Container['read']): Promise<unknown> {
  const findings = new Findings()
  const container = await openContainer(folder, { files: 1000 }, findings)
  const read = pass((path, memory) => container.read(path, memory))
  const verification = new Verification({ ...container, read }, findings, { jobs: 0 })
  try {
    return { ...(await verification.run()), findings: findings.list }
  } finally {
    await verification.close()
    await container.close()
  }
}

/** Pieces of a few bytes, all in the same memory, which holds something else before the next one is asked for. */
function inLittleMemory(read: Container['read']): Container['read'] {
  const memory = Buffer.alloc(61)
  return async function* (path) {
    for await (const whole of read(path)) {
      for (let start = 0; start < whole.length; start += memory.length) {
        const piece = memory.subarray(0, whole.copy(memory, 0, start))
        yield piece
        piece.fill('\n')
      }
    }
  }
}

test('no check keeps a piece: they all find the same where the memory of each is overwritten', async () => {
  const folders = [folderOf(await richBagFiles())]
  for (const bag of invalidBags) folders.push(writeInvalidBag(bag, await richBagFiles()))
  for (const folder of folders) {
    const report = await reportOf(folder, (read) => read)
    expect(await reportOf(folder, inLittleMemory)).toEqual(report)
  }
})
