import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bundleViewer, TEMPLATE } from './bundle.ts'

test('the page that archives get is the one of these sources', async () => {
  const built = await bundleViewer()
  // No diff: it would be thousands of lines.
  expect(
    built === readFileSync(TEMPLATE, 'utf8'),
    'run: node --conditions=@custody/source apps/viewer/src/write-template.ts',
  ).toBe(true)
})

test('it stands alone: nothing is fetched, nothing is made of text', async () => {
  const page = await bundleViewer()
  expect(page.match(/<(?:link|img|iframe|object|embed|base)\b|\bsrc=|@import|url\(/g)).toBeNull()
  expect(page.match(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/g)).toBeNull()
  expect(page.match(/<!-- data -->/g)).toHaveLength(1)
})
