import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CustodyError } from '@custody/pipeline'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AuditCheckpoint } from './audit-chain.ts'
import { LINE_MAX_BYTES } from './audit-event.ts'
import type { LogOpening } from './audit-log.ts'
import { openAuditLog } from './open-audit-log.ts'
import { collect } from './testing/collect.ts'
import { mutation } from './testing/mutation.ts'
import { checkpointOf, sampleLines, sha256, tickingClock } from './testing/sample-log.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

/** How opening ends: the code it refuses with, or what it found. */
async function outcome(file: string, expected?: AuditCheckpoint): Promise<string | LogOpening> {
  try {
    const log = await openAuditLog({
      file,
      actor: 'cli:uid-1000',
      clock: tickingClock(),
      ...(expected && { expected }),
    })
    await log.close()
    return log.opening
  } catch (error) {
    if (CustodyError.isInstance(error)) return error.code
    throw error
  }
}

function fileOf(content: string | Buffer): string {
  const file = join(temporaryFolder(), 'audit.jsonl')
  writeFileSync(file, content, 'latin1')
  return file
}

test('a crash at any byte of an append leaves a log that opens, and says what was lost', async () => {
  const lines = sampleLines(5)
  const whole = lines.join('')
  const before = lines.slice(0, 4).join('').length
  const file = join(temporaryFolder(), 'audit.jsonl')
  for (let length = before; length <= whole.length; length++) {
    writeFileSync(file, whole.slice(0, length))
    const opening = await outcome(file, checkpointOf(lines.slice(0, 4)))
    const text = readFileSync(file, 'latin1')
    if (length === before || length === whole.length) {
      expect(opening).toMatchObject({ created: false, recovered: null })
      expect(text).toBe(whole.slice(0, length))
      continue
    }
    const tail = whole.slice(before, length)
    const aside = `${file}.unfinished-4-${sha256(tail).slice(0, 8)}`
    expect(opening).toMatchObject({ recovered: { bytes: tail.length, file: aside } })
    expect(readFileSync(aside, 'latin1')).toBe(tail)
    expect(text.startsWith(lines.slice(0, 4).join(''))).toBe(true)
    const recovered = JSON.parse(text.slice(before))
    expect(recovered).toMatchObject({
      n: 4,
      act: 'log.recovered',
      detail: { bytes: tail.length, sha256: sha256(tail) },
      prev: sha256(lines[3] ?? ''),
    })
    // It is whole again: nothing more to recover.
    expect(await outcome(file)).toMatchObject({ recovered: null })
    rmSync(aside)
  }
})

test('a crash at any byte of the recovery itself hides nothing', async () => {
  const lines = sampleLines(3)
  // Longer than the event that is written over it, and shorter.
  for (const tail of [`{"n":3,"t":"${'x'.repeat(500)}`, '{"n":3']) {
    const file = fileOf(lines.join('') + tail)
    await outcome(file)
    const recovered = readFileSync(file, 'latin1').slice(lines.join('').length)
    // Each byte takes its flushes.
    for (let written = 1; written <= recovered.length; written += process.env['SLOW'] ? 1 : 5) {
      const over = recovered.slice(0, written) + tail.slice(written)
      const again = fileOf(lines.join('') + over)
      const opening = await outcome(again)
      const isDone = over === recovered
      expect(opening).toMatchObject({ recovered: isDone ? null : { bytes: expect.any(Number) } })
      expect(readFileSync(again, 'latin1')).toContain('"act":"log.recovered"')
    }
  }
})

test('whatever is done to the bytes, opening with what the seal says finds it', async () => {
  const lines = sampleLines(12)
  const whole = Buffer.from(lines.join(''), 'latin1')
  const expected = checkpointOf(lines)
  const file = fileOf('')
  await fc.assert(
    fc.asyncProperty(mutation, async (mutate) => {
      const bytes = mutate(whole)
      fc.pre(bytes !== null)
      writeFileSync(file, bytes)
      const found = await outcome(file, expected)
      if (typeof found === 'string') {
        expect(['AUDIT_LOG_DAMAGED', 'AUDIT_LOG_TRUNCATED', 'AUDIT_LOG_CHANGED']).toContain(found)
        // A refused log is evidence: it stays as it is.
        expect(readFileSync(file).equals(bytes)).toBe(true)
      } else {
        // All that the seal tells of is there, and what was added behind is no line.
        expect(bytes.subarray(0, whole.length).equals(whole)).toBe(true)
        expect(found.recovered).toMatchObject({ bytes: bytes.length - whole.length })
      }
    }),
    { numRuns: 400 },
  )
})

test('without a seal, all but the end of the log is still protected by the chain', async () => {
  const lines = sampleLines(12)
  const whole = Buffer.from(lines.join(''), 'latin1')
  const file = fileOf('')
  await fc.assert(
    fc.asyncProperty(mutation, async (mutate) => {
      const bytes = mutate(whole)
      fc.pre(bytes !== null)
      writeFileSync(file, bytes)
      const found = await outcome(file)
      if (found === 'AUDIT_LOG_DAMAGED') return
      // What passes is the log as it was up to some line, and at most its last line written anew.
      expect(typeof found).toBe('object')
      const kept = bytes.toString('latin1').split(/(?<=\n)/)
      const isWhole = kept.at(-1)?.endsWith('\n') ?? true
      expect(kept.slice(0, -1)).toEqual(lines.slice(0, kept.length - 1))
      expect((found as LogOpening).recovered === null).toBe(isWhole || bytes.length === 0)
    }),
    { numRuns: 400 },
  )
})

test('a cut tail, a changed prefix, a lost file and one begun anew are told apart', async () => {
  const lines = sampleLines(10)
  const expected = checkpointOf(lines.slice(0, 8))
  for (const count of [8, 9, 10]) {
    expect(await outcome(fileOf(lines.slice(0, count).join('')), expected)).toMatchObject({ recovered: null })
  }
  for (const count of [0, 1, 7]) {
    const file = fileOf(lines.slice(0, count).join(''))
    expect(await outcome(file, expected)).toBe('AUDIT_LOG_TRUNCATED')
    // A cut log is not repaired: the tail would look like that of a crash.
    writeFileSync(file, `${lines.slice(0, count).join('')}{"n"`)
    expect(await outcome(file, expected)).toBe('AUDIT_LOG_TRUNCATED')
    expect(readFileSync(file, 'latin1').endsWith('{"n"')).toBe(true)
  }
  expect(await outcome(fileOf(sampleLines(10, 'archive.end').join('')), expected)).toBe('AUDIT_LOG_CHANGED')
  const folder = temporaryFolder()
  expect(await outcome(join(folder, 'audit.jsonl'), expected)).toBe('AUDIT_LOG_TRUNCATED')
  expect(readdirSync(folder)).toEqual([])
  expect(await outcome(join(folder, 'audit.jsonl'), checkpointOf([]))).toMatchObject({ created: true })
  const wrong = { size: 0, root: '0'.repeat(64) }
  expect(await outcome(join(folder, 'audit.jsonl'), wrong)).toBe('AUDIT_LOG_CHANGED')
})

test.each([
  [
    'an edited line',
    3,
    (lines: string[]) => lines.splice(1, 1, String(lines[1]).replace('"records":1', '"records":9')),
  ],
  ['a line left out', 2, (lines: string[]) => lines.splice(1, 1)],
  ['a line twice', 3, (lines: string[]) => lines.splice(1, 0, String(lines[1]))],
  ['an empty line', 2, (lines: string[]) => lines.splice(1, 0, '\n')],
  ['a line that is none', 5, (lines: string[]) => lines.push('{}\n')],
  ['NUL bytes', 5, (lines: string[]) => lines.push(`${'\0'.repeat(100)}\n`)],
  ['a line far too long', 5, (lines: string[]) => lines.push(`${'x'.repeat(1_000_000)}\n`)],
  ['an end far too long', 5, (lines: string[]) => lines.push('x'.repeat(LINE_MAX_BYTES + 1))],
])('%s is named by its line', async (_, number, damage) => {
  const lines = sampleLines(4)
  damage(lines)
  const file = fileOf(lines.join(''))
  await expect(openAuditLog({ file, actor: 'a' })).rejects.toMatchObject({
    code: 'AUDIT_LOG_DAMAGED',
    kind: 'refused',
    message: expect.stringContaining(`line ${number} `),
    actions: [expect.stringMatching(/evidence/), expect.stringMatching(/[Rr]estore/)],
  })
  // It refuses again: the lock was let go.
  await expect(openAuditLog({ file, actor: 'a' })).rejects.toMatchObject({ code: 'AUDIT_LOG_DAMAGED' })
})

test('the longest event there can be is written and read', async () => {
  const file = fileOf('')
  const detail = Object.fromEntries(
    Array.from({ length: 32 }, (_, index) => [`k${index}`.padEnd(40, 'x'), 'v'.repeat(200)]),
  )
  const actor = 'a'.repeat(200)
  const log = await openAuditLog({ file, actor })
  await log.append({ act: 'erasure.requested', run: actor, obj: actor, detail })
  await log.close()
  const again = await openAuditLog({ file, actor, expected: log.checkpoint() })
  expect(await collect(again.part(0))).toHaveLength(1)
  await again.close()
})
