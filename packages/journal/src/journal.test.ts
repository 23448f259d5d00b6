import { readdirSync, readFileSync, truncateSync } from 'node:fs'
import { dirname } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FRAME_OVERHEAD_BYTES } from './frame-cipher.ts'
import { HEADER_BYTES } from './journal-header.ts'
import { openJournal } from './open-journal.ts'
import { newFile, opened, testKey, textOf, written } from './testing/journal-files.ts'

const id = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'c', '__proto__', '\ud800', '\udfff', '\ufffd', 'a\0', 'é'),
  fc.string({ unit: 'binary', maxLength: 4 }),
)
const answer = fc.oneof(
  { weight: 9, arbitrary: fc.uint8Array({ maxLength: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom(4096, 100_000).map((length) => new Uint8Array(length).fill(9)) },
)
const puts = fc.array(fc.tuple(id, answer), { minLength: 1, maxLength: 6 })
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('put'), puts, together: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('reopen') }) },
  // While these were written; so much of them came to the disk.
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('crash'), puts, share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
)

test('any sequence of puts, crashes at any byte and openings keeps exactly what was acknowledged', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const file = newFile()
      let journal = await openJournal({ file, key: testKey })
      const kept = new Map<string, Uint8Array>()
      const check = async (): Promise<void> => {
        expect(journal.size.answers).toBe(kept.size)
        for (const [id, answer] of kept) {
          if (Buffer.compare((await journal.get(id)) ?? Buffer.from('none'), answer) !== 0)
            throw new Error('an answer is lost')
        }
        expect(await journal.get('never put: too long for one that was')).toBeNull()
      }
      for (const one of steps) {
        if (one.type === 'put' && one.together)
          await Promise.all(one.puts.map(([id, answer]) => journal.put(id, answer)))
        else if (one.type === 'put') for (const [id, answer] of one.puts) await journal.put(id, answer)
        if (one.type === 'put') for (const [id, answer] of one.puts) kept.set(id, answer)
        if (one.type === 'reopen') {
          await journal.close()
          journal = await openJournal({ file, key: testKey })
          expect(journal.opening).toMatchObject({ answers: kept.size, cutBytes: 0 })
        }
        if (one.type === 'crash') {
          let whole = journal.size.bytes
          await Promise.all(one.puts.map(([id, answer]) => journal.put(id, answer)))
          const cutAt = whole + Math.floor(one.share * (journal.size.bytes - whole))
          await journal.close()
          truncateSync(file, cutAt)
          for (const [id, answer] of one.puts) {
            if (whole + FRAME_OVERHEAD_BYTES + answer.length > cutAt) break
            whole += FRAME_OVERHEAD_BYTES + answer.length
            kept.set(id, answer)
          }
          journal = await openJournal({ file, key: testKey })
          expect(journal.opening).toMatchObject({ answers: kept.size, cutBytes: cutAt - whole })
          expect(journal.size.bytes).toBe(whole)
        }
        await check()
      }
      await journal.remove()
      expect(readdirSync(dirname(file))).toEqual([])
    }),
    { numRuns: 60 },
  )
})

test('puts made together share a flush, and all are there', async () => {
  const journal = await opened(newFile())
  await Promise.all(Array.from({ length: 3000 }, (_, n) => journal.put(`${n}`, Buffer.from(`answer ${n}`))))
  expect(journal.size.answers).toBe(3000)
  for (let n = 0; n < 3000; n += 131) expect(await textOf(journal, `${n}`)).toBe(`answer ${n}`)
})

test('of one id the later put wins, also within one flush and after opening again', async () => {
  const file = newFile()
  const journal = await opened(file)
  await journal.put('id', Buffer.from('first'))
  const long = Buffer.alloc(100, 'x')
  await Promise.all([
    journal.put('id', Buffer.from('second')),
    journal.put('id', long),
    journal.put('id', Buffer.from('last')),
  ])
  expect(await textOf(journal, 'id')).toBe('last')
  const bytes = HEADER_BYTES + 4 * FRAME_OVERHEAD_BYTES + 'first'.length + 'second'.length + 100 + 'last'.length
  expect(journal.size).toEqual({ answers: 1, bytes })
  await journal.close()
  const again = await opened(file)
  expect(await textOf(again, 'id')).toBe('last')
  expect(again.size).toEqual({ answers: 1, bytes })
})

test('the bytes are taken as they are when put, and an empty answer is one', async () => {
  const journal = await opened(newFile())
  const bytes = Buffer.from('as it was')
  const putting = journal.put('id', bytes)
  bytes.fill(0)
  await putting
  expect(await textOf(journal, 'id')).toBe('as it was')
  await journal.put('empty', new Uint8Array())
  expect(await journal.get('empty')).toHaveLength(0)
})

test('an answer larger than what is written or read at once', async () => {
  const file = newFile()
  const large = Buffer.alloc(9 * 1024 * 1024 + 1, 'large ')
  const journal = await opened(file)
  await Promise.all([
    journal.put('before', Buffer.from('b')),
    journal.put('large', large),
    journal.put('after', Buffer.from('a')),
  ])
  await journal.close()
  const again = await opened(file)
  expect(large.equals((await again.get('large')) ?? Buffer.of())).toBe(true)
  expect([await textOf(again, 'before'), await textOf(again, 'after')]).toEqual(['b', 'a'])
})

test('the same answer under the same id is written differently each time, and nothing of it can be read', async () => {
  const answers = Array.from({ length: 3 }, () => ['conversation-4711', 'what somebody wrote'] as const)
  const journals = [await written(answers), await written(answers)]
  const frames = journals.flatMap((journal) => journal.frames)
  expect(frames).toHaveLength(6)
  for (const part of [(frame: Buffer) => frame.subarray(4, 16), (frame: Buffer) => frame.subarray(20, 40)]) {
    expect(new Set(frames.map((frame) => part(frame).toString('hex'))).size).toBe(6)
  }
  for (const { file } of journals) expect(readFileSync(file, 'latin1')).not.toMatch(/4711|somebody/)
})

test('after closing nothing can be asked any more; closing waits for what was put', async () => {
  const file = newFile()
  const journal = await openJournal({ file, key: testKey })
  const putting = journal.put('id', Buffer.from('answer'))
  const getting = journal.get('id')
  await Promise.all([journal.close(), journal.close()])
  await putting
  expect(await getting).toBeNull()
  const closed = { code: 'JOURNAL_CLOSED', kind: 'usage' }
  await expect(journal.get('id')).rejects.toMatchObject(closed)
  await expect(journal.put('id', new Uint8Array())).rejects.toMatchObject(closed)
  await expect(journal.remove()).rejects.toMatchObject(closed)
  expect(await textOf(await opened(file), 'id')).toBe('answer')
})

test('removing leaves nothing, may be said twice, and the next journal begins anew', async () => {
  const file = newFile()
  const journal = await openJournal({ file, key: testKey })
  const putting = journal.put('id', Buffer.from('answer'))
  await Promise.all([journal.remove(), journal.remove()])
  await putting
  await journal.close()
  expect(readdirSync(dirname(file))).toEqual([])
  const next = await opened(file)
  expect(next.opening).toMatchObject({ answers: 0, cutBytes: 0 })
  expect(await next.get('id')).toBeNull()
})
