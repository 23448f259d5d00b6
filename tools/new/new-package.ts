// Makes a package that passes every check, to begin from: pnpm new stage|source|sink NAME
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { arrows } from '../arrows.ts'
import { run, succeeded, withPackageManager } from '../pinned.ts'
import { root } from '../workspace.ts'
import { filesOf, type Kind, kinds, namesOf } from './templates.ts'

const [kind, name = '', ...rest] = process.argv.slice(2)
const names = namesOf(name)
const folder = `packages/${name}`

if (!isKind(kind) || !names || rest.length > 0) {
  fail(`Usage: pnpm new ${kinds.join('|')} NAME, where NAME is in kebab-case and says what it does: word-count`)
} else if (existsSync(join(root, folder)) || name in arrows) {
  fail(`${folder} is there already.`)
} else {
  for (const [path, text] of filesOf(kind, names)) await write(`${folder}/${path}`, text)
  // Which packages it may import stands in one list, and so does what each one is.
  await insert('tools/arrows.ts', '\n  // Proof. None of it', `\n  '${name}': ['pipeline', 'model'],`)
  await insert('ARCHITECTURE.md', '| `packages/emulator` |', `| \`${folder}\` | ${await description()} |\n`)
  await dependOnIt()
  succeeded(await withPackageManager(['pnpm', 'install', '--no-frozen-lockfile']))
  succeeded(
    await run(join(root, 'node_modules/.bin/biome'), ['check', '--write', folder, 'tools/arrows.ts', 'examples']),
  )
  succeeded(await run(process.execPath, ['tools/api/write-reports.ts']))
  console.log(`${folder} is there. What to do next:
  1. Write what it is for into its README, src/${name}.ts and ARCHITECTURE.md.
  2. npm run dev -- --project ${name}
  3. docs/write-your-own.md says what the contract asks for.`)
}

function isKind(word: string | undefined): word is Kind {
  return (kinds as readonly (string | undefined)[]).includes(word)
}

function fail(message: string): void {
  console.error(message)
  process.exitCode = 2
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
}

async function description(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'))
  return manifest.description.replace(/\.$/, '').replace(/^./, (letter: string) => letter.toLowerCase())
}

/** Puts text before a mark that stands in a file once. */
async function insert(path: string, mark: string, text: string): Promise<void> {
  const old = await readFile(join(root, path), 'utf8')
  if (old.split(mark).length !== 2) throw new Error(`${path} has no place for it: ${JSON.stringify(mark)}`)
  await writeFile(
    join(root, path),
    old.replace(mark, () => `${text}${mark}`),
  )
}

/** The examples have every package at hand, also for the READMEs. */
async function dependOnIt(): Promise<void> {
  const path = join(root, 'examples/package.json')
  const manifest = JSON.parse(await readFile(path, 'utf8'))
  const dependencies = { ...manifest.dependencies, [`@custody/${name}`]: 'workspace:*' }
  const sorted = Object.fromEntries(Object.entries(dependencies).sort(([a], [b]) => (a < b ? -1 : 1)))
  await writeFile(path, `${JSON.stringify({ ...manifest, dependencies: sorted }, null, 2)}\n`)
}
