import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run, succeeded } from '../pinned.ts'
import { find, root } from '../workspace.ts'
import { type Exported, type Surface, surfaceOf } from './surface.ts'

/** The surface of every package, by its folder name, from the declarations that the compiler makes of the sources. */
export async function surfaces(): Promise<ReadonlyMap<string, Surface>> {
  const sources = find('packages/*/src/**/*.ts').filter((path) => !/\.test\.ts$|\/testing\//.test(path))
  const names = sources.filter((path) => path.endsWith('/src/index.ts')).map((path) => path.split('/')[1] ?? '')
  const folder = await mkdtemp(join(tmpdir(), 'custody-api-'))
  try {
    const compilerOptions = {
      emitDeclarationOnly: true,
      // Types are checked elsewhere; declarations do not depend on it.
      noCheck: true,
      rootDir: join(root, 'packages'),
      outDir: folder,
      typeRoots: [join(root, 'node_modules/@types')],
    }
    // Each by itself: what is only reached through another package counts as somebody else's, and gets no declarations.
    const files = sources.map((path) => join(root, path))
    const project = join(folder, 'tsconfig.json')
    await writeFile(project, JSON.stringify({ extends: join(root, 'tsconfig.base.json'), compilerOptions, files }))
    succeeded(await run(join(root, 'node_modules/.bin/tsc'), ['-p', project]))

    const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
    return new Map(names.map((name) => [name, surfaceOf(`${name}/src/index.d.ts`, read)]))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Where the report of a package is checked in. */
export function reportPath(name: string): string {
  return `docs/api/${name}.md`
}

/** A surface as it is checked in: signatures alone, so that it changes when callers have to. */
export function report(name: string, { exports, reached }: Surface): string {
  const inner = reached.length === 0 ? '' : `\nWhat these speak of without its being exported:\n\n${block(reached)}`
  return `# @custody/${name}

What it exports. Made by \`npm run api\`; a test holds it to the code. What each part is for stands in the code and in the
[README](../../packages/${name}/README.md).

${block(exports)}${inner}`
}

function block(declared: readonly Exported[]): string {
  return `\`\`\`typescript\n${declared.map(({ text }) => text).join('\n\n')}\n\`\`\`\n`
}
