import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { findArchives } from './find-archives.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

test('each archive stands before its amendments, these by their number, whatever they are packed in', async () => {
  const directory = temporaryFolder()
  const names = ['acme-a', 'acme-a-amendment-2.zip', 'acme-a-amendment-10', 'acme-a-b.zip', 'acme-b.zip', 'acme-c.ZIP']
  for (const name of [...names].reverse()) {
    if (/zip$/i.test(name)) writeFileSync(join(directory, name), '')
    else {
      mkdirSync(join(directory, name))
      writeFileSync(join(directory, name, 'bagit.txt'), '')
    }
  }
  writeFileSync(join(directory, '.acme-d.zip'), '')
  writeFileSync(join(directory, 'notes.txt'), '')
  mkdirSync(join(directory, 'other'))
  expect((await findArchives(directory)).map((path) => basename(path))).toEqual(names)
  expect(await findArchives(join(directory, 'nowhere'))).toEqual([])
})
