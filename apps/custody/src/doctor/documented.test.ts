import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const sources = globSync('**/*.ts', { cwd: import.meta.dirname })
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
const page = readFileSync(join(import.meta.dirname, '../../../../docs/doctor.md'), 'utf8')

test('docs/doctor.md has every check', () => {
  const names = sources.flatMap((text) =>
    [...text.matchAll(/\b(?:check|asFirst)\('([a-z0-9-]+)'/g)].map(([, name]) => name),
  )
  expect(names.length).toBeGreaterThan(20)
  for (const name of names) expect(page).toMatch(new RegExp(`\`${name}[ \`]`))
})

test('docs/doctor.md has every code that a check of its own gives', () => {
  const codes = sources.flatMap((text) =>
    [...text.matchAll(/\b(?:warn|fail|denied)\(\s*'([A-Z0-9_]+)'/g)].map(([, code]) => code),
  )
  expect(codes.length).toBeGreaterThan(40)
  for (const code of codes) expect(page).toContain(`\`${code}\``)
})
