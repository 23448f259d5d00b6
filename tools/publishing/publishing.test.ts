import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run, succeeded, withPackageManager } from '../pinned.ts'
import { members, root } from '../workspace.ts'
import { type LocalRegistry, startLocalRegistry } from './local-registry.ts'

/** The oldest Node the packages say they run on: the one a newcomer may have. */
const oldestNode = 'node@24'
const published = members().filter(
  ({ folder, manifest }) => /^(packages|apps)\//.test(folder) && manifest['private'] !== true,
)

// Everything a release does, but for the registry: that one is on this machine.
describe.runIf(process.env['SLOW'])('a release', { timeout: 600_000 }, () => {
  let folder: string
  let registry: LocalRegistry
  let env: NodeJS.ProcessEnv

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'custody-release-'))
    const elsewhere = succeeded(await run('npm', ['config', 'get', 'registry']))
      .trim()
      .split('\n')
      .at(-1)
    registry = await startLocalRegistry(elsewhere ?? '')
    const { host } = new URL(registry.url)
    const settings = join(folder, 'npmrc')
    await writeFile(settings, `registry=${registry.url}\n//${host}/:_authToken=test\n`)
    // A cache of its own: what another run published here must not be found in it.
    env = { NPM_CONFIG_USERCONFIG: settings, npm_config_cache: join(folder, 'cache'), CI: '1' }
  })
  afterAll(async () => {
    await registry[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  }, 120_000)

  test('is versioned, built and published from a clone', async () => {
    const clone = join(folder, 'clone')
    const git = ['-c', 'user.name=test', '-c', 'user.email=test@example.org']
    succeeded(await run('git', ['clone', '--quiet', root, clone]))
    succeeded(await run(process.execPath, ['tools/install.mjs'], { cwd: clone }))
    succeeded(await withPackageManager(['changeset', 'version'], { cwd: clone }))
    succeeded(await run('git', ['add', '--all'], { cwd: clone }))
    succeeded(await run('git', [...git, 'commit', '--quiet', '--message', 'Release'], { cwd: clone }))
    succeeded(await withPackageManager(['turbo', 'run', 'build'], { cwd: clone }))
    const said = succeeded(await withPackageManager(['changeset', 'publish'], { cwd: clone, env }))
    expect(said).not.toMatch(/failed/i)
    expect([...registry.published].sort()).toEqual(published.map(({ name }) => name).sort())
  })

  test('every package can be imported by plain Node, and by TypeScript', async () => {
    const consumer = join(folder, 'consumer')
    await mkdir(consumer)
    await writeFile(join(consumer, 'package.json'), '{"private":true,"type":"module"}')
    const wanted = [...published.map(({ name }) => name), '@types/node@24', 'typescript@5.9', oldestNode]
    succeeded(await run('npm', ['install', '--silent', ...wanted], { cwd: consumer, env }))

    const libraries = published.map(({ name }) => name).filter((name) => name !== 'custody')
    const lines = libraries.map((name, index) => `import * as package${index} from '${name}'`)
    const seen = `console.log(JSON.stringify([${libraries.map((_, index) => `Object.keys(package${index}).length`)}]))`
    await writeFile(join(consumer, 'all.ts'), [...lines, seen].join('\n'))
    // The declarations themselves are checked too.
    const compilerOptions = { module: 'nodenext', target: 'es2024', strict: true, skipLibCheck: false, types: ['node'] }
    await writeFile(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['all.ts'] }))
    succeeded(await run(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '-p', '.'], { cwd: consumer }))
    succeeded(await run(join(consumer, 'node_modules/.bin/tsc'), ['-p', '.'], { cwd: consumer }))

    for (const node of [process.execPath, join(consumer, 'node_modules/.bin/node')]) {
      const counts: readonly number[] = JSON.parse(succeeded(await run(node, ['all.js'], { cwd: consumer })))
      expect(counts).toHaveLength(libraries.length)
      expect(counts.every((count) => count > 0)).toBe(true)
    }
  })

  test('npx custody archives and verifies with the oldest Node and nothing else', async () => {
    const empty = join(folder, 'empty')
    await mkdir(empty)
    const node = join(folder, 'consumer/node_modules/node/bin')
    const PATH = `${node}${delimiter}${process.env['PATH'] ?? ''}`
    const npx = (...args: readonly string[]) =>
      run('npx', ['--yes', 'custody', ...args], { cwd: empty, env: { ...env, PATH } })
    const demo = succeeded(await npx('demo'))
    expect(demo).toContain('verdict: complete')
    const [archive = ''] = (await readdir(join(empty, 'custody-demo'))).filter((name) => name.endsWith('.zip'))
    expect(succeeded(await npx('verify', join('custody-demo', archive)))).toMatch(/: valid \(\d+ files/)
  })
})

test('every package that is published says the same of licence and Node, and packs what it built', () => {
  for (const { manifest, folder } of published) {
    const { license, engines, files, type, private: isPrivate } = manifest
    expect({ license, engines, type, isPrivate }, folder).toEqual({
      license: 'Apache-2.0',
      engines: { node: '>=24' },
      type: 'module',
      isPrivate: undefined,
    })
    expect(files, folder).toContain('dist')
    expect(manifest['description'], folder).toMatch(/^[A-Z].*\.$/)
  }
})
