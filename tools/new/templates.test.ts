import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { run, succeeded } from '../pinned.ts'
import { typeScriptBlocks } from '../run-example.ts'
import { root } from '../workspace.ts'
import { filesOf, kinds, namesOf } from './templates.ts'

test.each([
  ['translate', { kebab: 'translate', camel: 'translate', pascal: 'Translate' }],
  ['word-count-2', { kebab: 'word-count-2', camel: 'wordCount2', pascal: 'WordCount2' }],
])('%s is a name', (name, names) => {
  expect(namesOf(name)).toEqual(names)
})

test.each(['', 'Word', 'word_count', '-word', 'word-', 'word--count', '2words', '../word', 'wörter', 'a'.repeat(41)])(
  '%j is none',
  (name) => {
    expect(namesOf(name)).toBeNull()
  },
)

test('whatever is a name leads to files below the folder, and to an identifier', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), (name) => {
      const names = namesOf(name)
      if (names) expect(names.camel).toMatch(/^[a-z]\w*$/)
    }),
  )
})

test.each(kinds)('a new %s works as its README shows it', async (kind) => {
  const names = namesOf('word-count')
  if (!names) throw new Error('unreachable')
  const files = filesOf(kind, names)
  // Inside examples/, because there every package of ours can be imported by name.
  const parent = join(root, 'examples', '.tmp')
  await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(join(parent, 'new-'))
  try {
    for (const [path, text] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
    const [example = ''] = typeScriptBlocks(files.get('README.md') ?? '')
    await writeFile(join(folder, 'example.ts'), example.replace("'@custody/word-count'", "'./src/index.ts'"))
    const said = await run(process.execPath, ['--conditions=@custody/source', join(folder, 'example.ts')])
    expect(succeeded(said)).toMatch(/HELLO|three|2 kept/)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

// The whole thing, as it is typed: in a clone of what is committed.
describe.runIf(process.env['SLOW'])('pnpm new', { timeout: 600_000 }, () => {
  test('makes packages that pass types, lint, the conventions and their own contract at once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'custody-new-'))
    try {
      const clone = join(folder, 'clone')
      const bin = join(clone, 'node_modules/.bin')
      const node = (...args: readonly string[]) => run(join(bin, 'node'), args, { cwd: clone })
      succeeded(await run('git', ['clone', '--quiet', root, clone]))
      succeeded(await run(process.execPath, ['tools/install.mjs'], { cwd: clone }))
      for (const kind of kinds) succeeded(await node('tools/new/new-package.ts', kind, `new-${kind}`))
      // Nothing is written over what is there.
      expect(await node('tools/new/new-package.ts', 'stage', 'new-stage')).toMatchObject({ status: 2 })
      expect(await node('tools/new/new-package.ts', 'stage', '../outside')).toMatchObject({ status: 2 })

      succeeded(await run(join(bin, 'tsc'), ['--noEmit', '-p', 'tsconfig.json'], { cwd: clone }))
      succeeded(await run(join(bin, 'biome'), ['check', '--error-on-warnings', '.'], { cwd: clone }))
      const projects = kinds.flatMap((kind) => ['--project', `new-${kind}`])
      const env = { SLOW: '' }
      succeeded(await run(join(bin, 'vitest'), ['run', ...projects], { cwd: clone, env }))
      const tools = ['run', '--project', 'tools', 'conventions', 'api', 'readme-examples']
      succeeded(await run(join(bin, 'vitest'), tools, { cwd: clone, env }))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
