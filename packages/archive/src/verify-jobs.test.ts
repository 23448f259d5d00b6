import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sampleSource } from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { writeArchive } from './testing/write-archive.ts'
import { verify } from './verify.ts'

const part = 'data/conversations/part-00001.jsonl'
/** More than 8 MiB of master: with less no thread starts. */
const conversations = 8_000

test('the report is the same with and without a thread, of a whole archive and of a damaged one', async () => {
  const { path } = await writeArchive(temporaryFolder(), sampleSource(conversations, 500))
  const reports = async (): Promise<unknown[]> =>
    Promise.all([0, 1, 2].map(async (jobs) => JSON.stringify(await verify(path, { jobs }))))
  const [whole, ...others] = await reports()
  expect(JSON.parse(String(whole))).toMatchObject({ verdict: 'valid', conversations })
  expect(new Set(others)).toEqual(new Set([whole]))

  const lines = readFileSync(join(path, part), 'utf8').split('\n')
  for (let index = 0; index < conversations; index += 7) {
    const line = lines[index] ?? ''
    const damage = [lines[index + 1] ?? '', line.replace('{', '{ '), line.slice(0, -1), line.replace('Text', 'Test')]
    lines[index] = damage[(index / 7) % damage.length] ?? ''
  }
  writeFileSync(join(path, part), lines.join('\n'))
  const [damaged, ...same] = await reports()
  expect(JSON.parse(String(damaged)).findings.length).toBeGreaterThan(800)
  expect(new Set(same)).toEqual(new Set([damaged]))
})

test.each([
  ['--conditions=@custody/source', '--max-old-space-size=1024', '--input-type=module'],
  ['--trace-warnings', '-C', '@custody/source', '--input-type', 'module'],
])('a process that verified with a thread ends by itself, started with %s %s %s', async (...options) => {
  const { path } = await writeArchive(temporaryFolder(), sampleSource(conversations, 500), { container: 'zip' })
  const script = `
    import { verify } from ${JSON.stringify(new URL('./verify.ts', import.meta.url).href)}
    console.log((await verify(${JSON.stringify(path)}, { jobs: 1 })).verdict)`
  expect(String(execFileSync(process.execPath, [...options, '-e', script], { timeout: 60_000 }))).toBe('valid\n')
})
