import { expect, test } from 'vitest'
import { amendmentFiles } from './testing/amendment.ts'
import { invalidAmendments } from './testing/invalid-amendments.ts'
import { writeInvalidBag } from './testing/invalid-bags.ts'
import { verify } from './verify.ts'

test.each(invalidAmendments)('found: $name ($code)', async (bag) => {
  const { verdict, findings } = await verify(writeInvalidBag(bag, await amendmentFiles()))
  expect(verdict).toBe('findings')
  expect(findings.map(({ code }) => code)).toContain(bag.code)
})
