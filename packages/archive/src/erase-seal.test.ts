import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ErasureOptions } from './erase-options.ts'
import { eraseRecords } from './erase-records.ts'
import type { SealableBag } from './make-seal.ts'
import { erasureOf, sampleArchive, sampleName, snapshot } from './testing/erasure.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { linesOf } from './testing/write-archive.ts'
import { verify } from './verify.ts'

const containers = ['folder', 'zip'] as const

describe('a seal', () => {
  // What a seal holds is not the matter here.
  const unsealed: ErasureOptions['verify'] = async (...asked) => {
    const report = await verify(...asked)
    const findings = report.findings.filter(({ path }) => !path?.startsWith('seal/'))
    return { ...report, findings, verdict: findings.length === 0 ? 'valid' : 'findings' }
  }

  test.each(containers)(
    'of the old archive is handed on, and the new one stands in its place (%s)',
    async (container) => {
      const bags: SealableBag[] = []
      const seal = async (bag: SealableBag): Promise<Map<string, Uint8Array>> => {
        bags.push(bag)
        const text = Buffer.from(`seal ${bags.length}\n`)
        return new Map(
          [['seal/seal.txt', text], ...(bag.superseded ?? [])].map(([path, bytes], index) => [
            index === 0 ? 'seal/seal.txt' : `seal/history/${index}/${String(path).slice(5)}`,
            bytes as Uint8Array,
          ]),
        )
      }
      const { path } = await sampleArchive({ container, seal })
      await expect(eraseRecords(erasureOf(path, { verify: unsealed }))).rejects.toMatchObject({
        code: 'ERASE_NEEDS_SEAL',
      })
      const { tagManifestSha256, payloadOxum } = await eraseRecords(erasureOf(path, { seal, verify: unsealed }))
      await eraseRecords(erasureOf(path, { seal, records: [2], verify: unsealed }))
      const [first, second, third] = bags
      expect(second).toEqual({ ...first, tagManifestSha256, payloadOxum, erased: 1, superseded: expect.any(Map) })
      expect(second?.superseded?.get('seal/seal.txt')).toEqual(Buffer.from('seal 1\n'))
      expect([...(third?.superseded?.keys() ?? [])].sort()).toEqual(['seal/history/1/seal.txt', 'seal/seal.txt'])
      const folder = container === 'zip' ? temporaryFolder() : path
      if (container === 'zip') execFileSync('unzip', ['-q', path, '-d', folder])
      const top = container === 'zip' ? join(folder, sampleName) : folder
      const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
      const supersedes = linesOf(join(top, 'integrity/erasures.jsonl')).map((line) => JSON.parse(line).supersedes)
      expect(supersedes).toEqual([sha256('seal 1\n'), sha256('seal 2\n')])
      expect(readFileSync(join(top, 'seal/seal.txt'), 'utf8')).toBe('seal 3\n')
    },
  )

  test.each<[string, [string, Uint8Array][]]>([
    ['without seal.txt', []],
    [
      'beside seal/',
      [
        ['seal/seal.txt', Buffer.alloc(1)],
        ['data/x', Buffer.alloc(1)],
      ],
    ],
  ])('%s is refused', async (_, files) => {
    const { folder, path, before } = await sampleArchive()
    const erasing = eraseRecords(erasureOf(path, { seal: async () => new Map(files) }))
    await expect(erasing).rejects.toMatchObject({ code: 'ERASE_SEAL' })
    expect(snapshot(folder)).toEqual(before)
  })
})
