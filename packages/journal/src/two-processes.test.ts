import { hostname } from 'node:os'
import { join } from 'node:path'
import { runModule } from '@custody/testkit'
import { expect, test } from 'vitest'
import { openJournal } from './open-journal.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

const newFile = (): string => join(temporaryFolder(), 'answers.journal')
const locked = { code: 'JOURNAL_LOCKED', kind: 'refused', retryable: true }

test('two processes: the second is refused, and takes over when the first is killed', async () => {
  const file = newFile()
  const first = runModule(
    import.meta.url,
    `
    import { openJournal } from './open-journal.ts'
    const journal = await openJournal({ file: ${JSON.stringify(file)}, key: new Uint8Array(32) })
    await journal.put('id', Buffer.from('of the first'))
    console.log('open')
    setInterval(() => undefined, 1000)`,
  )
  expect(await first.line()).toBe('open')
  const open = (): ReturnType<typeof openJournal> => openJournal({ file, key: new Uint8Array(32) })
  await expect(open()).rejects.toMatchObject({ ...locked, message: expect.stringContaining(`process ${first.pid} `) })
  await first.kill()
  await using journal = await open()
  expect(journal.opening).toMatchObject({ answers: 1, takenOverFrom: { pid: first.pid, host: hostname() } })
  await expect(open()).rejects.toMatchObject({ ...locked, message: expect.stringContaining(`process ${process.pid} `) })
})
