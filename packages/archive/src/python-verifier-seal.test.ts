import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { folderOf } from './testing/bag-files.ts'
import { hostileZips } from './testing/hostile-zips.ts'
import { oldArchive, sealed, testSigner } from './testing/python-seals.ts'
import { bothOf, keyFile, startPythonVerifier } from './testing/python-verifier.ts'
import { richBagFiles } from './testing/rich-bag.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

const python = startPythonVerifier()
afterAll(() => python.close())

const signer = testSigner(1)
const both = (path: string): ReturnType<typeof bothOf> => bothOf(python, path, signer.publicKey)

const refused = { custody: 'findings', python: 'findings' }

describe('every byte under seal/ is signed', () => {
  test('a byte flipped, in each file', async () => {
    const files = await oldArchive(signer)
    const folder = folderOf(files)
    for (const [path, content] of files) {
      if (!path.startsWith('seal/')) continue
      const bytes = Buffer.from(content)
      for (const at of new Set([0, Math.floor(bytes.length / 2), bytes.length - 1])) {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] as number) ^ 1
        writeFileSync(join(folder, path), changed)
        expect([path, await both(folder)]).toEqual([path, refused])
      }
      writeFileSync(join(folder, path), bytes)
    }
    expect((await python.check(folder, '--key', keyFile(signer.publicKey))).exit).toBe(0)
  })

  test('each file removed, one added, a line added to a note', async () => {
    const files = await sealed(await richBagFiles())
    for (const path of [...files.keys()].filter((path) => path.startsWith('seal/'))) {
      const fewer = new Map(files)
      fewer.delete(path)
      expect([path, await both(folderOf(fewer))]).toEqual([path, refused])
      const extra = new Map(files).set(path, Buffer.concat([Buffer.from(files.get(path) ?? ''), Buffer.from('\n')]))
      expect([path, await both(folderOf(extra))]).toEqual([path, refused])
    }
    expect(await both(folderOf(new Map(files).set('seal/more.txt', 'x')))).toEqual(refused)
    const note = String(files.get('seal/seal-manifest.note'))
    const line = note.trimEnd().split('\n').at(-1)?.replace('example.com/acme', 'example.com/other')
    expect(await both(folderOf(new Map(files).set('seal/seal-manifest.note', `${note}${line}\n`)))).toEqual(refused)
  })

  test('a seal of the same key for other facts', async () => {
    const files = await richBagFiles()
    const wrong = [
      { archiveId: 'other' },
      { mode: 'plain' },
      { verdict: 'complete' },
      { tagManifestSha256: '0'.repeat(64) },
      { payloadOxum: '1.1' },
      { records: 4 },
      { recordsRoot: '0'.repeat(64) },
      { erased: 1 },
      { period: { from: '2026-10-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' } },
    ]
    for (const seal of wrong) {
      expect([seal, await both(folderOf(await sealed(files, signer, { seal })))]).toEqual([seal, refused])
    }
  })
})

test.each(hostileZips)('a ZIP with $name is refused', async ({ pack }) => {
  const files = await sealed(await richBagFiles())
  const zip = join(temporaryFolder(), 'a.zip')
  writeFileSync(zip, pack(files))
  const { custody, python: verdict } = await both(zip)
  expect(custody).not.toBe('valid')
  expect(verdict).not.toBe('valid')
})
