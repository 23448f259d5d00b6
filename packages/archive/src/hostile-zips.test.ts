import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { buildZip } from './testing/build-zip.ts'
import { hostileZips } from './testing/hostile-zips.ts'
import { richBagFiles } from './testing/rich-bag.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { verify } from './verify.ts'

/** Codes of findings, or of the error. */
async function codesOf(bytes: Buffer): Promise<readonly string[]> {
  const file = join(temporaryFolder(), 'a.zip')
  writeFileSync(file, bytes)
  return await verify(file).then(
    ({ findings }) => findings.map(({ code }) => code),
    (error) => [error.code],
  )
}

test('the corpus begins with a ZIP that is valid', async () => {
  const pieces = [...(await richBagFiles())].map(([path, content]) => ({ name: `bag/${path}`, content }))
  expect(await codesOf(buildZip(pieces))).toEqual([])
})

test.each(hostileZips)('refused: $name ($code)', async ({ code, pack }) => {
  expect(await codesOf(pack(await richBagFiles()))).toContain(code)
})
