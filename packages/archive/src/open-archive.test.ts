import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eraseRecords } from './erase-records.ts'
import { openArchive } from './open-archive.ts'
import { openVerified } from './open-verified.ts'
import { erasureOf, sampleArchive, sampleId } from './testing/erasure.ts'

const PART = 'data/conversations/part-00001.jsonl'

async function identifiers(archive: {
  conversations(): AsyncIterable<{ readonly identifier: string }>
}): Promise<string[]> {
  const all: string[] = []
  for await (const { identifier } of archive.conversations()) all.push(identifier)
  return all
}

describe.each(['folder', 'zip'] as const)('an archive (%s)', (container) => {
  test('is read as often as wanted, without what was erased; every file of it can be read', async () => {
    const { path } = await sampleArchive({ container })
    await eraseRecords(erasureOf(path))
    for (const open of [openArchive, openVerified]) {
      await using archive = await open(path)
      const left = [0, 2, 3].map(sampleId)
      expect([await identifiers(archive), await identifiers(archive)]).toEqual([left, left])
      expect(archive.run).toMatchObject({ org: 'acme', erased: 1 })
      expect(archive.read('data/none')).toBeUndefined()
      const chunks: Uint8Array[] = []
      for await (const chunk of archive.read('integrity/leaves.txt') ?? []) chunks.push(chunk)
      expect(Buffer.concat(chunks).toString().split('\n')).toHaveLength(5)
    }
    await using archive = await openArchive(path)
    expect([archive.passedOver, archive.files.has('manifest-sha256.txt')]).toEqual([0, true])
  })
})

test('what is damaged is read as far as it goes, and what is passed over is counted', async () => {
  const { path } = await sampleArchive()
  const [first = '', second = '', ...rest] = readFileSync(join(path, PART), 'utf8').split('\n')
  writeFileSync(join(path, PART), [first, second.slice(0, -3), '{}', ...rest].join('\n'))
  await using archive = await openArchive(path)
  expect(await identifiers(archive)).toEqual([0, 2, 3].map(sampleId))
  expect(archive.passedOver).toBe(2)
  await expect(openVerified(path)).rejects.toMatchObject({ code: 'ARCHIVE_NOT_VALID', kind: 'refused' })
})

test('a ZIP whose master is cut ends where it is cut', async () => {
  const { path } = await sampleArchive({ container: 'zip' }, 300)
  const bytes = readFileSync(path)
  const at = bytes.indexOf('data/conversations/part-00001.jsonl') + 2_000
  bytes.fill(0, at, at + 50)
  writeFileSync(path, bytes)
  await using archive = await openArchive(path)
  expect((await identifiers(archive)).length).toBeLessThan(300)
  expect(archive.passedOver).toBeGreaterThan(0)
})

test('what does not say what it is, is none', async () => {
  const { path } = await sampleArchive()
  writeFileSync(join(path, 'run.json'), '{}')
  await expect(openArchive(path)).rejects.toMatchObject({ code: 'NOT_AN_ARCHIVE', kind: 'not-found' })
})
