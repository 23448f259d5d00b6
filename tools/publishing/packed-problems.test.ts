import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { run, succeeded } from '../pinned.ts'
import { packedProblems } from './packed-problems.ts'

const folder = mkdtempSync(join(tmpdir(), 'custody-problems-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const manifest = {
  name: '@custody/example',
  version: '1.0.0',
  license: 'Apache-2.0',
  type: 'module',
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
}
const sound = {
  'package.json': JSON.stringify(manifest),
  'README.md': '# Example',
  LICENSE: 'Apache-2.0',
  'dist/index.js': 'export const one = 1\n',
  'dist/index.d.ts': 'export declare const one: number\n',
}

/** Problems of a package of these files; null leaves one out. */
async function problemsWith(
  name: string,
  changes: Readonly<Record<string, string | null>>,
): Promise<readonly string[]> {
  for (const [path, text] of Object.entries({ ...sound, ...changes })) {
    if (text === null) continue
    const file = join(folder, name, 'package', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  const tarball = join(folder, `${name}.tgz`)
  succeeded(await run('tar', ['--create', '--gzip', '--file', tarball, '--directory', join(folder, name), 'package']))
  return packedProblems(tarball)
}

test('a sound package has none', async () => {
  expect(await problemsWith('sound', {})).toEqual([])
})

test.each<[string, Record<string, string | null>, RegExp]>([
  ['no types', { 'dist/index.d.ts': null }, /^publint: .*index\.d\.ts/],
  ['no code', { 'dist/index.js': null }, /^publint: .*index\.js/],
  ['code of the other module system', { 'dist/index.js': 'exports.one = 1\n' }, /^publint: .*CJS/],
  [
    'types that lead nowhere',
    { 'dist/index.d.ts': "export * from './missing.js'\n" },
    /^types: .*InternalResolutionError/,
  ],
  ['tests', { 'dist/index.test.js': '' }, /^packs dist\/index\.test\.js$/],
  ['test support', { 'dist/testing/sample.js': '' }, /^packs dist\/testing\/sample\.js$/],
  ['sources', { 'src/index.ts': '' }, /^packs src\/index\.ts$/],
  ['no licence', { LICENSE: null }, /^lacks LICENSE$/],
  [
    'a dependency on the checkout',
    { 'package.json': JSON.stringify({ ...manifest, dependencies: { '@custody/model': 'workspace:*' } }) },
    /^its manifest says workspace:$/,
  ],
  [
    'a condition that leads to sources',
    {
      'package.json': JSON.stringify({
        ...manifest,
        exports: { '.': { '@custody/source': './dist/index.js', ...manifest.exports['.'] } },
      }),
    },
    /^its manifest says @custody\/source$/,
  ],
])('one with %s is found out', async (name, changes, problem) => {
  expect(await problemsWith(name.replaceAll(' ', '-'), changes)).toContainEqual(expect.stringMatching(problem))
})
