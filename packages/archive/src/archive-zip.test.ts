import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  batchOf,
  sampleConversation,
  sampleEntry,
  sampleSource,
  sourceOf,
  window,
} from './testing/sample-conversations.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { linesOf, writeArchive } from './testing/write-archive.ts'
import { verify } from './verify.ts'

const name = 'acme-2026-10-01--2026-11-01'

describe('a ZIP', () => {
  test('the commands of VERIFY.txt pass as they stand, and fail for a changed byte or an added file', async () => {
    const folder = temporaryFolder()
    const result = await writeArchive(folder, sampleSource(20), { container: 'zip' })
    const verifyTxt = execFileSync('unzip', ['-p', result.path, `${name}/VERIFY.txt`], { encoding: 'utf8' })
    const commands = verifyTxt
      .split('\n')
      .filter((line) => line.startsWith('    '))
      .map((line) => line.trim())
    expect(commands).toHaveLength(10)
    expect(() => execFileSync('unzip', ['-v'], { stdio: 'pipe' }), 'Info-ZIP has to be installed').not.toThrow()
    const run = (script: readonly string[], cwd: string): string =>
      execFileSync('sh', ['-e', '-c', script.join('\n')], { cwd, encoding: 'utf8', stdio: 'pipe' })
    const output = run(commands, folder)
    expect(output).toContain(result.tagManifestSha256)
    expect(output).not.toContain('FAILED')
    const record = JSON.parse(linesOf(join(folder, name, 'integrity/records.jsonl'))[0] ?? '')
    expect(output).toContain(record.sha256)

    const checks = commands.slice(3)
    const part = join(folder, name, 'data/conversations/part-00001.jsonl')
    const whole = readFileSync(part)
    writeFileSync(part, Buffer.from(whole).fill('X', 100, 101))
    expect(() => run(checks.slice(0, 1), join(folder, name))).toThrow('1 computed checksum did NOT match')
    writeFileSync(part, whole)
    run(checks.slice(0, 3), join(folder, name))
    writeFileSync(join(folder, name, 'data/extra'), '')
    expect(() => run(checks.slice(2, 3), join(folder, name))).toThrow()
  })

  test('bagit.txt comes first, tag files next, the payload by byte order last', async () => {
    const { path } = await writeArchive(temporaryFolder(), sampleSource(2), { container: 'zip', partBytes: 1 })
    const names = execFileSync('zipinfo', ['-1', path], { encoding: 'utf8' }).trim().split('\n')
    expect(names[0]).toBe(`${name}/bagit.txt`)
    const payload = names.filter((entry) => entry.startsWith(`${name}/data/`))
    expect(names.slice(-payload.length)).toEqual([...payload].sort())
  })

  test('it holds the very files of the folder', async () => {
    const folder = await writeArchive(temporaryFolder(), sampleSource(5))
    const zip = await writeArchive(temporaryFolder(), sampleSource(5), { container: 'zip' })
    expect(zip.tagManifestSha256).toBe(folder.tagManifestSha256)
    expect(zip.bytes).toBe(readFileSync(zip.path).length)
  })

  test('a text that shrinks like a ZIP bomb is stored, so that careful readers take it', async () => {
    const text = 'a'.repeat(3_000_000)
    const conversation = sampleConversation(1, {
      entries: [sampleEntry('a', window.from, 'agent', { text, payload: null })],
    })
    const { path } = await writeArchive(temporaryFolder(), sourceOf(batchOf([conversation])), { container: 'zip' })
    expect((await verify(path)).findings).toEqual([])
    expect(readFileSync(path).length).toBeGreaterThan(6_000_000)
  })
})
