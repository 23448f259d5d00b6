import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ErasureOptions } from './erase-options.ts'
import { eraseRecords } from './erase-records.ts'
import { findLeftovers } from './staging.ts'
import { erasureOf, sampleArchive, sampleName, snapshot } from './testing/erasure.ts'
import { verify } from './verify.ts'

const containers = ['folder', 'zip'] as const

describe.each(containers)('the old archive stays as it was (%s)', (container) => {
  test('when an abort or a failure comes at any moment', async () => {
    const { folder, path, before } = await sampleArchive({ container })
    const reason = new Error('enough')
    for (const step of ['verify', 'find', 'write', 'pack', 'check', 'replace'] as const) {
      for (const isAbort of [true, false]) {
        if (step === 'pack' && container === 'folder') continue
        // Behind the last look at the signal an abort comes too late.
        if (step === 'replace' && isAbort) continue
        const controller = new AbortController()
        const onProgress: ErasureOptions['onProgress'] = (progress) => {
          if (progress.step !== step) return
          if (!isAbort) throw reason
          controller.abort(reason)
        }
        await expect(eraseRecords(erasureOf(path, { onProgress, signal: controller.signal }))).rejects.toBe(reason)
        expect(snapshot(folder), step).toEqual(before)
        expect(readdirSync(folder), step).toHaveLength(1)
      }
    }
  })

  test('when the new one is not valid, or the seal cannot be made', async () => {
    const { folder, path, before } = await sampleArchive({ container })
    const findings = [{ code: 'X', path: null, message: 'x' }]
    let calls = 0
    const doubting: ErasureOptions['verify'] = async (...asked) => ({
      ...(await verify(...asked)),
      ...(calls++ > 0 && { verdict: 'findings', findings }),
    })
    await expect(eraseRecords(erasureOf(path, { verify: doubting }))).rejects.toMatchObject({ code: 'ERASE_CHECK' })
    const seal = () => Promise.reject(new Error('no key'))
    await expect(eraseRecords(erasureOf(path, { seal }))).rejects.toThrow('no key')
    expect(snapshot(folder)).toEqual(before)
  })

  test('when somebody else changes or replaces it on the way', async () => {
    const { folder, path } = await sampleArchive({ container })
    const target = container === 'zip' ? path : join(path, 'tagmanifest-sha256.txt')
    const twin = `${folder}/twin`
    copyFileSync(target, twin)
    const onProgress: ErasureOptions['onProgress'] = ({ step }) => {
      if (step === 'replace') renameSync(twin, target)
    }
    const before = snapshot(path.endsWith('.zip') ? folder : path)
    await expect(eraseRecords(erasureOf(path, { onProgress }))).rejects.toMatchObject({ code: 'ARCHIVE_CHANGED' })
    if (container === 'folder') expect(snapshot(path)).toEqual(before)
    expect(readdirSync(folder)).toEqual(container === 'zip' ? [`${sampleName}.zip`] : [sampleName])
    expect(await verify(path)).toMatchObject({ findings: [], erased: 0 })
  })

  test('or the new one stands whole, when the process is killed; the rest is named as unfinished', {
    timeout: 120_000,
  }, async () => {
    const erased = new Set<number>()
    // Each takes a process of its own.
    const moments = process.env['SLOW']
      ? ['verify 3', 'write 2', 'write 11', 'check 1', 'replace', 'end']
      : ['write 11', 'end']
    for (const moment of container === 'zip' ? [...moments, 'pack'] : moments) {
      const { folder, path } = await sampleArchive({ container })
      const at = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href)
      const script = `
        import { eraseRecords } from ${at('./erase-records.ts')}
        const [step, files] = ${JSON.stringify(moment.split(' '))}
        const kill = () => process.kill(process.pid, 'SIGKILL')
        const onProgress = (now) => now.step === step && (!files || now.files >= Number(files)) && kill()
        await eraseRecords({ ...${JSON.stringify({ ...erasureOf(path), clock: undefined })}, onProgress })
        kill()`
      const options = ['--conditions=@custody/source', '--input-type=module', '-e', script]
      expect(() => execFileSync(process.execPath, options, { stdio: 'pipe' })).toThrow(
        expect.objectContaining({ signal: 'SIGKILL' }),
      )
      const report = await verify(path)
      expect(report.findings).toEqual([])
      erased.add(report.erased)
      const file = container === 'zip' ? `${sampleName}.zip` : sampleName
      const leftovers = readdirSync(folder).filter((each) => each !== file)
      expect(await findLeftovers({ directory: folder, name: sampleName })).toEqual(leftovers)
      const result = await eraseRecords(erasureOf(path, { records: [1, 2] }))
      expect(result).toMatchObject({ erased: 2, leftovers })
    }
    expect(erased).toEqual(new Set([0, 1]))
  })
})

test('a folder whose replacement was killed between its two renames is put back', async () => {
  const { folder, path, before } = await sampleArchive()
  const staging = join(folder, `.${sampleName}.partial-ER-AAAAAAAAAAAAAAAA`)
  mkdirSync(staging)
  renameSync(path, `${staging}.replaced`)
  await expect(eraseRecords(erasureOf(path, { plan: true }))).rejects.toMatchObject({ code: 'ERASE_INTERRUPTED' })
  await expect(eraseRecords(erasureOf(path, { records: [9] }))).rejects.toMatchObject({ code: 'ERASE_UNKNOWN_RECORD' })
  expect(snapshot(folder)).toEqual(before)
  expect(await eraseRecords(erasureOf(path))).toMatchObject({
    erased: 1,
    leftovers: [`.${sampleName}.partial-ER-AAAAAAAAAAAAAAAA`],
  })
})
