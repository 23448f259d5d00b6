import { hostname } from 'node:os'
import { join } from 'node:path'
import { runModule } from '@custody/testkit'
import { expect, test } from 'vitest'
import { openAuditLog } from './open-audit-log.ts'
import { collect } from './testing/collect.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

const newFile = (): string => join(temporaryFolder(), 'audit.jsonl')
const locked = { code: 'AUDIT_LOG_LOCKED', kind: 'refused', retryable: true }

test('two processes: the second waits its turn, and takes over when the first is killed', async () => {
  const file = newFile()
  const first = runModule(
    import.meta.url,
    `
    import { openAuditLog } from './open-audit-log.ts'
    const log = await openAuditLog({ file: ${JSON.stringify(file)}, actor: 'first' })
    await log.append({ act: 'archive.start' })
    console.log('open')
    setInterval(() => undefined, 1000)`,
  )
  expect(await first.line()).toBe('open')
  const open = (): ReturnType<typeof openAuditLog> => openAuditLog({ file, actor: 'second' })
  await expect(open()).rejects.toMatchObject({ ...locked, message: expect.stringContaining(`process ${first.pid} `) })
  await first.kill()
  const log = await open()
  expect(log.opening.takenOverFrom).toMatchObject({ pid: first.pid, host: hostname() })
  await log.append({ act: 'archive.failed' })
  const events = (await collect(log.part(0))).map((line) => JSON.parse(line))
  expect(events).toMatchObject([{ actor: 'first' }, { actor: 'second', n: 1 }])
  await log.close()
})

test('what was answered before a process is killed is in the log', async () => {
  const file = newFile()
  const child = runModule(
    import.meta.url,
    `
    import { openAuditLog } from './open-audit-log.ts'
    const log = await openAuditLog({ file: ${JSON.stringify(file)}, actor: 'killed' })
    const write = async () => { for (;;) console.log((await log.append({ act: 'copy.created' })).n) }
    await Promise.all([write(), write(), write()])`,
  )
  let answered = 0
  for (let count = 0; count < 200; count++) answered = Math.max(answered, Number(await child.line()))
  await child.kill()
  await using log = await openAuditLog({ file, actor: 'next' })
  expect(log.checkpoint().size).toBeGreaterThan(answered)
  expect(log.opening.takenOverFrom).toMatchObject({ pid: child.pid })
})
