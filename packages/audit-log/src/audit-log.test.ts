import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { auditActs } from './audit-act.ts'
import type { AuditLog } from './audit-log.ts'
import { type OpenAuditLogOptions, openAuditLog } from './open-audit-log.ts'
import { collect } from './testing/collect.ts'
import { checkpointOf, sampleLines, sha256, tickingClock } from './testing/sample-log.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

const open = (file: string, options: Partial<OpenAuditLogOptions> = {}): Promise<AuditLog> =>
  openAuditLog({ file, actor: 'cli:uid-1000', clock: tickingClock(), ...options })
const newFile = (): string => join(temporaryFolder(), 'acme', 'audit.jsonl')
const linesOf = (file: string): string[] => readFileSync(file, 'latin1').split(/(?<=\n)/)

test('a log begins, is written, closed, and opened again', async () => {
  const file = newFile()
  const log = await open(file)
  expect(log.opening).toEqual({ created: true, recovered: null, takenOverFrom: null })
  expect(log.checkpoint()).toEqual(checkpointOf([]))
  const first = await log.append({ act: 'archive.start', run: 'run-0', detail: { records: 0 } })
  expect(readFileSync(file, 'latin1')).toBe(sampleLines(1)[0])
  expect(first).toEqual(JSON.parse(readFileSync(file, 'latin1')))
  await log.close()
  await log.close()
  expect(existsSync(`${file}.lock`)).toBe(false)
  if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)

  await using again = await open(file)
  expect(again.opening.created).toBe(false)
  const event = await again.append({ act: 'archive.end' })
  expect(event).toMatchObject({ n: 1, run: null, obj: null, detail: {}, prev: sha256(sampleLines(1)[0] ?? '') })
  expect(again.checkpoint()).toEqual(checkpointOf(linesOf(file)))
})

test('every act can be written', async () => {
  const file = newFile()
  await using log = await open(file)
  await log.appendAll(auditActs.map((act) => ({ act })))
  expect(linesOf(file).map((line) => JSON.parse(line).act)).toEqual(auditActs)
})

test('calls keep their order, whatever is written together', async () => {
  const act = 'copy.created'
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(4), fc.boolean()), { maxLength: 12 }), async (calls) => {
      const file = newFile()
      const log = await open(file)
      const answers: Promise<readonly { n: number }[]>[] = []
      let records = 0
      for (const [size, wait] of calls) {
        const answer = log.appendAll(Array.from({ length: size }, () => ({ act, detail: { records: records++ } })))
        answers.push(answer)
        if (wait) await answer
      }
      const closing = log.close()
      const events = (await Promise.all(answers)).flat()
      await closing
      expect(events.map(({ n }) => n)).toEqual([...Array(records).keys()])
      const lines = records === 0 ? [] : linesOf(file)
      expect(lines.map((line) => JSON.parse(line))).toEqual(events)
      expect(lines.map((line) => JSON.parse(line).detail.records)).toEqual([...Array(records).keys()])
      expect(log.checkpoint()).toEqual(checkpointOf(lines))
    }),
    { numRuns: 30 },
  )
})

test('more than is written at once is written all the same', async () => {
  const file = newFile()
  await using log = await open(file)
  const batches = Array.from({ length: 9 }, () => log.appendAll(Array(700).fill({ act: 'verify.ok' })))
  expect((await Promise.all(batches)).flat().map(({ n }) => n)).toEqual([...Array(6300).keys()])
  expect(log.checkpoint()).toEqual(checkpointOf(linesOf(file)))
})

test('one event that may not be written keeps its whole batch out, and nothing else', async () => {
  const file = newFile()
  await using log = await open(file)
  const bad = [{ detail: { who: 'Anna Smith' } }, { run: '+491701234567' }, { obj: 'anna@example.com' }]
  for (const entry of bad) {
    const batch = log.appendAll([{ act: 'hold.set' }, { act: 'hold.set', ...entry }])
    await expect(batch).rejects.toMatchObject({ code: 'AUDIT_DETAIL', kind: 'usage' })
  }
  await expect(log.append({ act: 'hold.forgotten' as 'hold.set' })).rejects.toMatchObject({ code: 'AUDIT_ACT' })
  expect(await log.append({ act: 'hold.released' })).toMatchObject({ n: 0 })
})

test('a part is the lines since a size, up to the size at the call', async () => {
  const file = newFile()
  await using log = await open(file)
  await log.appendAll(Array(5).fill({ act: 'verify.ok' }))
  for (const from of [0, 1, 4, 5]) {
    const part = log.part(from)
    await log.append({ act: 'verify.findings' })
    const lines = await collect(part)
    expect(lines).toEqual(linesOf(file).slice(from, -1))
    // The size moved on by one, for the next round.
    expect(await collect(log.part(log.checkpoint().size))).toEqual([])
    expect(lines).toHaveLength(log.checkpoint().size - 1 - from)
  }
  for (const from of [-1, 0.5, log.checkpoint().size + 1, Number.NaN]) {
    expect(() => log.part(from)).toThrow(expect.objectContaining({ code: 'AUDIT_LOG_PART', kind: 'usage' }))
  }
})

test('a part of a log that was changed while it was open ends with an error', async () => {
  const file = newFile()
  await using log = await open(file)
  await log.appendAll(Array(5).fill({ act: 'verify.ok' }))
  const text = readFileSync(file, 'latin1')
  for (const other of [text.replace('verify.ok', 'verify.no'), text.slice(0, -1), text.split('\n')[0], '']) {
    writeFileSync(file, String(other))
    await expect(collect(log.part(4))).rejects.toMatchObject({
      code: expect.stringMatching('AUDIT_LOG_DAMAGED|AUDIT_LOG_CHANGED'),
    })
  }
  // The last line: nothing in the file itself contradicts it.
  writeFileSync(file, text.slice(0, -300) + text.slice(-300).replace(/(.*)verify.ok/s, '$1verify.no'))
  await expect(collect(log.part(0))).rejects.toMatchObject({ code: 'AUDIT_LOG_CHANGED' })
})

test('a closed log takes nothing, and gives nothing', async () => {
  const log = await open(newFile())
  await log.append({ act: 'key.created' })
  const part = log.part(0)
  await log.close()
  await expect(log.append({ act: 'key.created' })).rejects.toMatchObject({ code: 'AUDIT_LOG_CLOSED' })
  expect(() => log.part(0)).toThrow(expect.objectContaining({ code: 'AUDIT_LOG_CLOSED' }))
  expect(await collect(part)).toHaveLength(1)
})

test.each([
  ['AUDIT_ACTOR', { actor: 'Anna Smith' }],
  ['AUDIT_ACTOR', { actor: 'anna@example.com' }],
  ['AUDIT_ACTOR', { actor: '' }],
  ['AUDIT_LOG_FILE', { file: '' }],
  ['AUDIT_LOG_FILE', { file: 'logs/' }],
  ['AUDIT_EXPECTED', { expected: { size: -1, root: '0'.repeat(64) } }],
  ['AUDIT_EXPECTED', { expected: { size: 1, root: 'A'.repeat(64) } }],
])('%s: wrong options make nothing', async (code, options) => {
  const folder = temporaryFolder()
  const file = join(folder, 'new', 'audit.jsonl')
  await expect(open(file, options)).rejects.toMatchObject({ code, kind: 'usage' })
  expect(existsSync(join(folder, 'new'))).toBe(false)
})

test('what is no regular file is refused', async () => {
  const folder = temporaryFolder()
  await expect(open(folder)).rejects.toMatchObject({ code: 'AUDIT_LOG_FILE' })
  if (existsSync('/dev/full')) await expect(open('/dev/full')).rejects.toMatchObject({ code: 'AUDIT_LOG_FILE' })
})

test('a log has one lock, whatever name leads to it', async () => {
  const file = newFile()
  await using log = await open(file)
  await log.append({ act: 'key.created' })
  const other = join(temporaryFolder(), 'link.jsonl')
  symlinkSync(file, other)
  await expect(open(other)).rejects.toMatchObject({ code: 'AUDIT_LOG_LOCKED' })
  await expect(open(file)).rejects.toSatisfy((error) => CustodyError.isInstance(error) && error.kind === 'refused')
})
