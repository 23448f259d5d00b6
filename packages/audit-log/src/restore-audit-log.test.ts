import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { openAuditLog } from './open-audit-log.ts'
import { type ArchivedAuditPart, restoreAuditLog } from './restore-audit-log.ts'
import { checkpointOf, sampleLines, sha256, tickingClock } from './testing/sample-log.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

const lines = sampleLines(9)
const newFile = (): string => join(temporaryFolder(), 'audit.jsonl')

function partsOf(...ends: readonly number[]): ArchivedAuditPart[] {
  return ends.map((end, index) => ({
    archiveId: `archive-${index + 1}`,
    bytes: [Buffer.from(lines.slice(ends[index - 1] ?? 0, end).join(''))],
    to: checkpointOf(lines.slice(0, end)),
  }))
}

const restore = (file: string, parts: readonly ArchivedAuditPart[]): ReturnType<typeof restoreAuditLog> =>
  restoreAuditLog({ file, actor: 'cli:uid-1000', parts, clock: tickingClock() })

test('a log made again is the one that was sealed, and says that it was', async () => {
  const file = newFile()
  const checkpoint = await restore(file, partsOf(4, 4, 9))
  const text = readFileSync(file, 'latin1')
  expect(text.startsWith(lines.join(''))).toBe(true)
  const all = text.split(/(?<=\n)/)
  expect(JSON.parse(all[9] ?? '')).toMatchObject({
    n: 9,
    act: 'log.restored',
    detail: { ...checkpointOf(lines), archives: 3 },
    prev: sha256(lines[8] ?? ''),
  })
  expect(checkpoint).toEqual(checkpointOf(all))
  expect(readdirSync(dirname(file))).toEqual(['audit.jsonl'])
  await using log = await openAuditLog({ file, actor: 'a', expected: checkpointOf(lines) })
  expect(log.opening).toEqual({ created: false, recovered: null, takenOverFrom: null })
  expect(await log.append({ act: 'archive.start' })).toMatchObject({ n: 10 })
})

test('parts are read as streams, one archive after the other', async () => {
  async function* bytes(text: string): AsyncGenerator<Uint8Array> {
    for (let start = 0; start < text.length; start += 7) yield Buffer.from(text.slice(start, start + 7))
  }
  async function* parts(): AsyncGenerator<ArchivedAuditPart> {
    for (const part of partsOf(5, 9)) yield { ...part, bytes: bytes(String([...(part.bytes as Buffer[])][0])) }
  }
  const file = newFile()
  await restoreAuditLog({ file, actor: 'a', parts: parts() })
  expect(readFileSync(file, 'latin1').startsWith(lines.join(''))).toBe(true)
})

const [first, second, third] = partsOf(3, 6, 9) as [ArchivedAuditPart, ArchivedAuditPart, ArchivedAuditPart]
const edited = { ...second, bytes: [Buffer.from(lines.slice(3, 6).join('').replace('"records":4', '"records":5'))] }

test.each<[string, ArchivedAuditPart[], RegExp]>([
  ['no archive', [], /no archives/],
  ['the first missing', [second, third], /archive-2.*AUDIT_GAP/],
  ['one missing between', [first, third], /archive-3.*AUDIT_GAP/],
  ['another order', [first, third, second], /archive-3.*AUDIT_GAP/],
  ['an edited line', [first, edited, third], /archive-2 line 3.*AUDIT_LINE_CHANGED/],
  ['another root', [first, { ...second, to: { ...second.to, root: '0'.repeat(64) } }], /archive-2.*AUDIT_ROOT/],
  ['a cut part', [first, { ...second, bytes: [] }, third], /archive-2.*AUDIT_CUT/],
])('%s: nothing is made', async (_, parts, message) => {
  const file = newFile()
  await expect(restore(file, parts)).rejects.toMatchObject({
    code: 'AUDIT_LOG_NOT_RESTORED',
    kind: 'refused',
    message: expect.stringMatching(message),
  })
  expect(readdirSync(dirname(file))).toEqual([])
})

test('a source that fails leaves nothing', async () => {
  const file = newFile()
  const failure = new Error('the archive cannot be read')
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(lines[0] ?? '')
    throw failure
  }
  await expect(restore(file, [{ ...first, bytes: broken() }])).rejects.toBe(failure)
  expect(readdirSync(dirname(file))).toEqual([])
})

test('what stands there is never overwritten, not even when it comes in between', async () => {
  const file = newFile()
  writeFileSync(file, 'something')
  await expect(restore(file, partsOf(9))).rejects.toMatchObject({ code: 'AUDIT_LOG_EXISTS', kind: 'refused' })
  expect(readFileSync(file, 'utf8')).toBe('something')

  const late = newFile()
  function* parts(): Generator<ArchivedAuditPart> {
    yield* partsOf(9)
    writeFileSync(late, 'faster')
  }
  await expect(restoreAuditLog({ file: late, actor: 'a', parts: parts() })).rejects.toMatchObject({
    code: 'AUDIT_LOG_EXISTS',
  })
  expect(readdirSync(dirname(late))).toEqual(['audit.jsonl'])
  expect(readFileSync(late, 'utf8')).toBe('faster')
})

test('nobody opens a log while it is made', async () => {
  const file = newFile()
  async function* parts(): AsyncGenerator<ArchivedAuditPart> {
    await expect(openAuditLog({ file, actor: 'a' })).rejects.toMatchObject({ code: 'AUDIT_LOG_LOCKED' })
    yield* partsOf(9)
  }
  await restoreAuditLog({ file, actor: 'a', parts: parts() })
  expect(existsSync(`${file}.lock`)).toBe(false)
})

test('wrong options', async () => {
  const parts = partsOf(9)
  await expect(restoreAuditLog({ file: newFile(), actor: 'Anna Smith', parts })).rejects.toMatchObject({
    code: 'AUDIT_ACTOR',
  })
  const wrong = [{ ...first, to: { size: 3, root: 'root' } }]
  await expect(restore(newFile(), wrong)).rejects.toMatchObject({ code: 'AUDIT_EXPECTED' })
})
