import { existsSync, readFileSync, statSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { basename, dirname, join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { arrows, testOnly } from './arrows.ts'
import { cycleIn, packageOf } from './imports.ts'
import { find, members, read, root, sourcesIn } from './workspace.ts'

const all = members()
const ours = (name: string): string | null => (name.startsWith('@custody/') ? name.slice('@custody/'.length) : null)
const sources = [...all.flatMap((member) => member.sources), ...sourcesIn('tools')]
const maxLines = 300
const maxReadmeLines = 70

test('there is something to check', () => {
  expect(all.length).toBeGreaterThan(10)
  expect(sources.length).toBeGreaterThan(100)
})

describe.each(all.filter(({ folder }) => folder.startsWith('packages/')))('$folder', (member) => {
  const name = basename(member.folder)

  test('imports only what its arrows allow', () => {
    const allowed = arrows[name]
    expect(allowed, `give ${name} a row in tools/arrows.ts`).toBeDefined()
    const wrong = member.sources
      .filter(({ isTest }) => !isTest)
      .flatMap(({ path, imports }) =>
        imports
          .map(({ from }) => ours(packageOf(from) ?? ''))
          .filter((target) => target !== null && target !== name && !allowed?.includes(target))
          .map((target) => `${path} imports ${target}`),
      )
    expect(wrong).toEqual([])
  })

  test('its index holds exports only', () => {
    const index = read(`${member.folder}/src/index.ts`).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    const rest = index.replace(/export\s+(type\s+)?(\*(\s+as\s+\w+)?|\{[^}]*\})\s+from\s+'[^']+'/g, '').trim()
    expect(rest).toBe('')
  })
})

describe.each(all)('$folder', (member) => {
  test('has a README of under a page', () => {
    if (member.folder === 'examples') return
    const path = `${member.folder}/README.md`
    expect(existsSync(join(root, path)), `${path} is missing`).toBe(true)
    expect(read(path).split('\n').length, path).toBeLessThanOrEqual(maxReadmeLines)
  })

  test('declares what it imports, and imports what it declares', () => {
    const { dependencies, devDependencies } = member
    const used = new Set<string>()
    const undeclared: string[] = []
    for (const { path, imports, isTest } of member.sources) {
      for (const { from } of imports) {
        // Some have a name with node: only, and are listed by it.
        if (!from.startsWith('node:')) expect(builtinModules, `${path}: write node:${from}`).not.toContain(from)
        const name = packageOf(from)
        if (name === null || name === member.name) continue
        used.add(name)
        // The root has the test runner for all.
        const declared = name in dependencies || (isTest && (name in devDependencies || name === 'vitest'))
        if (!declared) undeclared.push(`${path} imports ${name}`)
      }
    }
    expect(undeclared).toEqual([])
    for (const name of [...used]) for (const peer of peersOf(member.folder, name)) used.add(peer)
    const unused = Object.keys({ ...dependencies, ...devDependencies }).filter(
      // The examples have every package at hand for the READMEs; types are imported by nobody.
      (name) => member.folder !== 'examples' && !name.startsWith('@types/') && !used.has(name),
    )
    expect(unused, 'declared, but imported nowhere').toEqual([])
  })

  test('has testkit and emulator for its tests only', () => {
    // Neither is published.
    if (['examples', 'benchmarks'].includes(member.folder)) return
    const wrong = testOnly.filter((name) => `@custody/${name}` in member.dependencies)
    expect(wrong.filter((name) => !(name === 'emulator' && member.folder === 'apps/custody'))).toEqual([])
  })

  test('takes every dependency from the catalog or the workspace', () => {
    const specifiers = Object.entries({ ...member.dependencies, ...member.devDependencies })
    const wrong = specifiers.filter(([name, from]) => from !== (ours(name) === null ? 'catalog:' : 'workspace:*'))
    expect(wrong).toEqual([])
  })

  test('has no files that load each other in a circle', () => {
    const graph = new Map(
      member.sources.map(({ path, imports }) => [
        path,
        // Types are erased: they load nothing.
        imports
          .filter(({ from, typeOnly }) => from.startsWith('.') && !typeOnly)
          .map(({ from }) => posix.join(posix.dirname(path), from)),
      ]),
    )
    expect(cycleIn(graph)).toBeNull()
  })
})

test('no packages depend on each other in a circle, tests included', () => {
  const graph = new Map(
    all.map(({ name, dependencies, devDependencies }) => [name, Object.keys({ ...dependencies, ...devDependencies })]),
  )
  expect(cycleIn(graph)).toBeNull()
})

test('only the emulator, the testkit, tests and examples read fixtures/', () => {
  const readers = sources.filter(
    ({ path, text, isTest }) =>
      /['"`/]fixtures\//.test(text) && !isTest && !/^(packages\/(emulator|testkit)|examples|tools)\//.test(path),
  )
  expect(readers.map(({ path }) => path)).toEqual([])
})

test('every dependency of the catalog is pinned exactly, and used', () => {
  const { catalog } = parse(read('pnpm-workspace.yaml')) as { catalog: Record<string, string> }
  const loose = Object.entries(catalog).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
  expect(loose).toEqual([])
  const manifests = ['package.json', ...all.map(({ folder }) => `${folder}/package.json`)].map((path) =>
    JSON.parse(read(path)),
  )
  const used = new Set(
    manifests.flatMap(({ dependencies, devDependencies }) => Object.keys({ ...dependencies, ...devDependencies })),
  )
  expect(Object.keys(catalog).filter((name) => !used.has(name))).toEqual([])
})

test('files and folders are named in kebab-case, after what they hold', () => {
  const word = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|config|build))?(\.[a-z]+)?$/
  const empty = /(^|-)(utils?|helpers?|common|core|shared|managers?)(\.|$)/
  const wrong = new Set<string>()
  for (const { path } of sources) {
    for (const segment of path.split('/')) {
      if (!word.test(segment)) wrong.add(`${path}: not kebab-case`)
      if (empty.test(segment)) wrong.add(`${path}: says nothing`)
    }
  }
  expect([...wrong]).toEqual([])
})

test(`no source is longer than ${maxLines} lines`, () => {
  const long = sources
    .filter(({ isTest }) => !isTest)
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
  expect(long.filter(({ lines }) => lines > maxLines)).toEqual([])
})

test('every path in a Markdown link exists', () => {
  const broken: string[] = []
  for (const path of find('**/*.md')) {
    const prose = read(path).replace(/```[\s\S]*?```|`[^`\n]*`/g, '')
    for (const [, target = ''] of prose.matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)) {
      if (/^([a-z]+:|#)/.test(target)) continue
      const file = join(root, dirname(path), decodeURIComponent(target.replace(/#.*$/, '')))
      if (!existsSync(file)) broken.push(`${path}: ${target}`)
      else if (target.endsWith('/') && !statSync(file).isDirectory()) broken.push(`${path}: ${target} is no folder`)
    }
  }
  expect(broken).toEqual([])
})

const thrown = /\b(?:CustodyError|usageError)(?:<[^>(]*>)?\(\s*'([A-Z][A-Z0-9_]*)'/g
const inherited = /\bsuper\(\s*'([A-Z][A-Z0-9_]*)'/g

test('docs/errors.md explains every error code, and no other', () => {
  const codes = new Set(
    sources
      .filter(({ isTest }) => !isTest)
      .flatMap(({ text }) => [
        ...text.matchAll(thrown),
        ...(text.includes('extends CustodyError') ? text.matchAll(inherited) : []),
      ])
      .map(([, code = '']) => code),
  )
  const path = 'docs/errors.md'
  const headings = existsSync(join(root, path)) ? read(path).matchAll(/^#+\s+`?([A-Z][A-Z0-9_]+)`?\s*$/gm) : []
  const explained = new Set([...headings].map(([, code = '']) => code))
  expect([...codes].filter((code) => !explained.has(code)).sort(), 'codes without a heading').toEqual([])
  expect([...explained].filter((code) => !codes.has(code)).sort(), 'headings without a code').toEqual([])
})

/** What a dependency wants at hand: declared for it, imported by nobody. */
function peersOf(folder: string, name: string): readonly string[] {
  const manifest = join(root, folder, 'node_modules', name, 'package.json')
  if (!existsSync(manifest)) return []
  return Object.keys(JSON.parse(readFileSync(manifest, 'utf8')).peerDependencies ?? {})
}
