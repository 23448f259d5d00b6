import { describe, expect, test } from 'vitest'
import { folderOf } from './testing/bag-files.ts'
import { invalidBags, writeInvalidBag } from './testing/invalid-bags.ts'
import { eraseFirst, rebag, recommit } from './testing/rebag.ts'
import { richBagFiles } from './testing/rich-bag.ts'
import { verify } from './verify.ts'

describe('the corpus begins with archives that are valid', () => {
  test('as written, and with all that somebody can make anew who has no key', async () => {
    expect(await verify(folderOf(await richBagFiles()))).toMatchObject({ findings: [], erased: 0, conversations: 3 })
    expect((await verify(folderOf(recommit(rebag(await richBagFiles()))))).findings).toEqual([])
  })

  test('with one conversation erased, which the report counts', async () => {
    const folder = folderOf(eraseFirst(await richBagFiles()))
    expect(await verify(folder)).toMatchObject({ findings: [], erased: 1, conversations: 3 })
  })
})

test.each(invalidBags)('refused: $name ($code)', async (bag) => {
  const { verdict, findings } = await verify(writeInvalidBag(bag, await richBagFiles()))
  expect(verdict).toBe('findings')
  expect(findings.map(({ code }) => code)).toContain(bag.code)
})

test('the corpus is as large as it has to be, each bag under a name of its own', () => {
  expect(invalidBags.length).toBeGreaterThan(40)
  expect(new Set(invalidBags.map(({ name }) => name)).size).toBe(invalidBags.length)
})
