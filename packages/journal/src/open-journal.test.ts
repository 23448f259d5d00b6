import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { HEADER_BYTES } from './journal-header.ts'
import { openJournal } from './open-journal.ts'
import { CREATED_AT, newFile, opened, rewrite, testKey, textOf, written } from './testing/journal-files.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

const answers = [
  ['one', 'the first answer'],
  ['two', 'the other answer'],
  ['three', 'a third one, which is longer than both of the others'],
] as const

const refusal = (file: string): Promise<Error> =>
  openJournal({ file, key: testKey }).then(
    async (journal) => {
      await journal.close()
      throw new Error('it was opened')
    },
    (error) => error,
  )

test('a new journal is made with its directory, for nobody else', async () => {
  const file = join(temporaryFolder(), 'runs', '2026', 'answers.journal')
  const journal = await opened(file)
  expect(journal.opening).toEqual({ answers: 0, cutBytes: 0, createdAt: CREATED_AT, takenOverFrom: null })
  expect(journal.size).toEqual({ answers: 0, bytes: HEADER_BYTES })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(statSync(dirname(file)).mode & 0o777).toBe(0o700)
  expect(statSync(`${file}.lock`).mode & 0o777).toBe(0o600)
  await journal.close()
  expect(readdirSync(dirname(file))).toEqual(['answers.journal'])
})

test('opened again, it tells when it was made', async () => {
  const file = newFile()
  await (await opened(file)).close()
  await using again = await openJournal({ file, key: testKey, clock: { now: () => CREATED_AT + 5 } })
  expect(again.opening.createdAt).toBe(CREATED_AT)
})

test('what a crash left of its making is no journal, and in the way of nobody', async () => {
  const file = newFile()
  writeFileSync(`${file}.new`, 'CUSTJ')
  const journal = await opened(file)
  expect(existsSync(`${file}.new`)).toBe(false)
  expect(journal.size.answers).toBe(0)
})

test('a wrong key is told from damage', async () => {
  const { file } = await written(answers)
  const before = readFileSync(file)
  const wrong = openJournal({ file, key: new Uint8Array(32) })
  await expect(wrong).rejects.toMatchObject({
    code: 'JOURNAL_KEY',
    kind: 'usage',
    actions: [expect.stringContaining('key'), expect.stringContaining(`Remove ${file}`)],
  })
  expect(readFileSync(file).equals(before)).toBe(true)
  expect(await textOf(await opened(file), 'two')).toBe('the other answer')
})

test.each([
  ['of 31 bytes', { key: new Uint8Array(31) }],
  ['of 33 bytes', { key: new Uint8Array(33) }],
])('a key %s is refused', async (_, options) => {
  const file = newFile()
  await expect(openJournal({ file, ...options })).rejects.toMatchObject({ code: 'JOURNAL_OPTIONS', kind: 'usage' })
  expect(readdirSync(dirname(file))).toEqual([])
})

test('what is no file is refused', async () => {
  const usage = { code: 'JOURNAL_OPTIONS', kind: 'usage' }
  expect(await refusal('')).toMatchObject(usage)
  expect(await refusal(`${temporaryFolder()}/`)).toMatchObject(usage)
  expect(await refusal(temporaryFolder())).toMatchObject(usage)
  const pipe = newFile()
  execFileSync('mkfifo', [pipe])
  expect(await refusal(pipe)).toMatchObject(usage)
})

test('what cannot be made is told as a refusal of the disk', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'a-file'), '')
  expect(await refusal(join(folder, 'a-file', 'answers.journal'))).toMatchObject({ code: 'JOURNAL_DISK' })
})

test('whatever the name it is opened by, it is one journal with one lock', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'real'))
  symlinkSync(join(folder, 'real'), join(folder, 'alias'))
  const journal = await opened(join(folder, 'real', 'answers.journal'))
  await journal.put('id', Buffer.from('answer'))
  expect(await refusal(join(folder, 'alias', 'answers.journal'))).toMatchObject({ code: 'JOURNAL_LOCKED' })
})

test('any byte that is changed is found, wherever it stands, and the file is left as it is', async () => {
  const { file, header, frames } = await written(answers)
  const original = Buffer.concat([header, ...frames])
  await fc.assert(
    fc.asyncProperty(fc.nat(original.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
      const bytes = Buffer.from(original)
      bytes[at] = (bytes[at] ?? 0) ^ bits
      rewrite(file, bytes)
      const error = await refusal(file)
      // The eighth byte is the version of the format.
      expect(error).toMatchObject({ code: at === 7 ? 'JOURNAL_FORMAT' : 'JOURNAL_DAMAGED' })
      for (const [, answer] of answers) expect(error.message).not.toContain(answer)
      expect(readFileSync(file).equals(bytes)).toBe(true)
    }),
    { numRuns: 400 },
  )
})

test('damage is told with its place, and what to do', async () => {
  const { file, header, frames } = await written(answers)
  frames[1]?.fill(0, 40, 41)
  rewrite(file, header, ...frames)
  expect(await refusal(file)).toMatchObject({
    kind: 'failure',
    message: expect.stringContaining(`${file} is damaged at byte ${header.length + (frames[0]?.length ?? 0)}`),
    actions: [expect.stringMatching(/Remove .*nothing is lost but the time/)],
  })
})

test('cut at any byte, it keeps the whole frames, says what it cut off, and goes on', async () => {
  const { file, header, frames } = await written(answers)
  const original = Buffer.concat([header, ...frames])
  for (let length = header.length; length <= original.length; length += 1) {
    rewrite(file, original.subarray(0, length))
    let [whole, kept] = [header.length, 0]
    for (const frame of frames) {
      if (whole + frame.length > length) break
      whole += frame.length
      kept += 1
    }
    const journal = await openJournal({ file, key: testKey })
    expect(journal.opening).toMatchObject({ answers: kept, cutBytes: length - whole })
    for (const [index, [id, answer]] of answers.entries()) {
      expect(await textOf(journal, id)).toBe(index < kept ? answer : null)
    }
    if (length % 7 === 0) await journal.put('next', Buffer.from('answer'))
    await journal.close()
    if (length % 7 !== 0) continue
    const again = await openJournal({ file, key: testKey })
    expect(again.opening).toMatchObject({ answers: kept + 1, cutBytes: 0 })
    expect(await textOf(again, 'next')).toBe('answer')
    await again.close()
  }
})

test('cut within its header, it was damaged: it never stands there without one', async () => {
  const { file, header } = await written([])
  for (let length = 0; length < header.length; length += 1) {
    rewrite(file, header.subarray(0, length))
    expect(await refusal(file)).toMatchObject({ code: 'JOURNAL_DAMAGED' })
  }
})

test('frames that were swapped, doubled, taken out or brought from elsewhere', async () => {
  const { file, header, frames } = await written(answers)
  const elsewhere = await written(answers)
  const [one, two, three] = frames as [Buffer, Buffer, Buffer]
  const other = elsewhere.frames as [Buffer, Buffer, Buffer]
  const edits: Record<string, readonly Buffer[]> = {
    // The first two have the same length, so each would fit.
    swapped: [two, one, three],
    'swapped at the end': [one, three, two],
    doubled: [one, one, two, three],
    'doubled in the place of another': [one, one, three],
    'doubled at the end': [one, two, three, three],
    'taken out': [one, three],
    'taken out at the beginning': [two, three],
    'from a journal of the same key': [one, other[1], three],
    'from a journal of the same key, at the end': [one, two, other[2]],
  }
  for (const [edit, parts] of Object.entries(edits)) {
    rewrite(file, header, ...parts)
    expect(await refusal(file), edit).toMatchObject({ code: 'JOURNAL_DAMAGED' })
  }
  rewrite(file, elsewhere.header, ...frames)
  expect(await refusal(file)).toMatchObject({ code: 'JOURNAL_DAMAGED' })
  rewrite(file, header, ...frames)
  expect((await opened(file)).opening.answers).toBe(3)
})

test('zeros where a power cut left the data unwritten are cut off, from wherever they begin', async () => {
  const { file, header, frames } = await written(answers)
  const [one, two, three] = frames as [Buffer, Buffer, Buffer]
  const rest = Buffer.concat([two, three])
  const length = header.length + one.length + rest.length
  for (let written = 0; written <= rest.length - 32; written += 1) {
    rewrite(file, header, one, rest.subarray(0, written), Buffer.alloc(rest.length - written))
    const journal = await openJournal({ file, key: testKey })
    // A frame whose last bytes were zeros anyhow is whole.
    const kept = written < two.length && !two.subarray(written).every((byte) => byte === 0) ? 1 : 2
    expect(journal.opening.answers).toBe(kept)
    expect(journal.opening.cutBytes).toBe(length - header.length - one.length - (kept === 2 ? two.length : 0))
    await journal.close()
  }
  // More than a window of them, behind the last frame.
  rewrite(file, header, one, Buffer.alloc(2_500_000))
  expect((await opened(file)).opening).toMatchObject({ answers: 1, cutBytes: 2_500_000 })
})

test('zeros before other data are damage: no crash leaves them', async () => {
  const { file, header, frames } = await written(answers)
  const [one, two, three] = frames as [Buffer, Buffer, Buffer]
  rewrite(file, header, one, Buffer.alloc(two.length), three)
  expect(await refusal(file)).toMatchObject({ code: 'JOURNAL_DAMAGED' })
  const changed = Buffer.from(two)
  changed.writeUInt8((two[30] ?? 0) ^ 1, 30)
  rewrite(file, header, one, changed, Buffer.alloc(100))
  expect(await refusal(file)).toMatchObject({ code: 'JOURNAL_DAMAGED' })
  rewrite(file, header, one, two, Buffer.alloc(31))
  expect(await refusal(file)).toMatchObject({ code: 'JOURNAL_DAMAGED' })
})

test('a journal of another format is refused', async () => {
  const { file, header, frames } = await written(answers)
  header[7] = 2
  rewrite(file, header, ...frames)
  expect(await refusal(file)).toMatchObject({ code: 'JOURNAL_FORMAT', kind: 'refused' })
})

test('an answer that is changed while the journal is open is not given out', async () => {
  const file = newFile()
  const journal = await opened(file)
  await journal.put('id', Buffer.from('answer'))
  await journal.put('other', Buffer.from('another'))
  writeSync(openSync(file, 'r+'), Buffer.of(1, 2, 3, 4), 0, 4, HEADER_BYTES + 30)
  await expect(journal.get('id')).rejects.toMatchObject({
    code: 'JOURNAL_DAMAGED',
    message: expect.stringContaining(`byte ${HEADER_BYTES}`),
  })
  expect(await textOf(journal, 'other')).toBe('another')
})
