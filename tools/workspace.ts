import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Import, importsOf } from './imports.ts'

export const root: string = fileURLToPath(new URL('..', import.meta.url))

/** A package of this repository, as its files tell. */
export interface Member {
  /** `packages/pipeline` */
  readonly folder: string
  readonly name: string
  /** Its package.json. */
  readonly manifest: Readonly<Record<string, unknown>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly sources: readonly SourceFile[]
}

export interface SourceFile {
  /** From the root of the repository. */
  readonly path: string
  readonly text: string
  readonly imports: readonly Import[]
  /** Tests and what supports them: `*.test.ts` and `testing/`. */
  readonly isTest: boolean
}

export function members(): readonly Member[] {
  return find('{packages,apps}/*/package.json', '{benchmarks,examples}/package.json').map((path) => {
    const manifest = JSON.parse(read(path))
    const folder = path.slice(0, -'/package.json'.length)
    const { name, dependencies = {}, devDependencies = {} } = manifest
    return { folder, name, manifest, dependencies, devDependencies, sources: sourcesIn(folder) }
  })
}

export function sourcesIn(folder: string): readonly SourceFile[] {
  return find(`${folder}/**/*.{ts,mts}`).map((path) => {
    const text = read(path)
    return { path, text, imports: importsOf(text), isTest: /\.test\.ts$|\/testing\//.test(path) }
  })
}

/** Paths from the root, without what is installed, built or generated. */
export function find(...patterns: readonly string[]): readonly string[] {
  const exclude = (path: string): boolean => /^(node_modules|dist|coverage|archives|\..+)$/.test(basename(path))
  return globSync([...patterns], { cwd: root, exclude }).sort()
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}
