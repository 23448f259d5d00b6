/** What a new package can be. */
export const kinds = ['stage', 'source', 'sink'] as const

/** One of {@link kinds}. */
export type Kind = (typeof kinds)[number]

/** How a package and what it exports are called: `word-count`, `wordCount`, `WordCount`. */
export interface Names {
  readonly kebab: string
  readonly camel: string
  readonly pascal: string
}

/** @returns null for what is no name in kebab-case */
export function namesOf(kebab: string): Names | null {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(kebab) || kebab.length > 40) return null
  const pascal = kebab.replace(/(^|-)(\w)/g, (_, _dash, letter: string) => letter.toUpperCase())
  return { kebab, pascal, camel: pascal.charAt(0).toLowerCase() + pascal.slice(1) }
}

interface Template {
  readonly description: string
  /** The module, its test, and the example of the README. */
  readonly module: string
  readonly test: string
  readonly example: string
}

/** The files of a new package that works, by path. What it does is small, and meant to be replaced. */
export function filesOf(kind: Kind, names: Names): ReadonlyMap<string, string> {
  const { kebab, camel, pascal } = names
  const template = templates[kind](names)
  const manifest = {
    name: `@custody/${kebab}`,
    version: '0.0.0',
    description: template.description,
    license: 'Apache-2.0',
    type: 'module',
    sideEffects: false,
    engines: { node: '>=24' },
    exports: {
      '.': { '@custody/source': './src/index.ts', types: './dist/index.d.ts', default: './dist/index.js' },
      './package.json': './package.json',
    },
    files: ['dist', 'README.md'],
    scripts: { build: 'tsc -p tsconfig.build.json' },
    dependencies: { '@custody/pipeline': 'workspace:*' },
    devDependencies: { '@custody/testkit': 'workspace:*', ...(kind !== 'source' && { 'fast-check': 'catalog:' }) },
  }
  const build = {
    extends: '../../tsconfig.build.json',
    compilerOptions: { rootDir: 'src', outDir: 'dist' },
    include: ['src'],
    exclude: ['src/**/*.test.ts', 'src/testing'],
  }
  const record = kind === 'source' ? `, type ${pascal}Page` : ''
  return new Map([
    ['package.json', `${JSON.stringify(manifest, null, 2)}\n`],
    ['tsconfig.build.json', `${JSON.stringify(build, null, 2)}\n`],
    ['README.md', readme(names, template)],
    ['src/index.ts', `export { ${camel}, type ${pascal}Options${record} } from './${kebab}.ts'\n`],
    [`src/${kebab}.ts`, template.module],
    [`src/${kebab}.test.ts`, template.test],
  ])
}

function readme({ kebab }: Names, { description, example }: Template): string {
  return `# @custody/${kebab}

${description}

\`\`\`ts
${example}\`\`\`

| option | type | default | why |
| --- | --- | --- | --- |

It throws what the functions it is given throw.

What it does not do: everything else.
`
}

const templates: Readonly<Record<Kind, (names: Names) => Template>> = {
  stage: ({ kebab, camel, pascal }) => ({
    description: 'Asks about each text, and puts the answer in its place.',
    module: `import { mapRecords, type Stage } from '@custody/pipeline'

/** What {@link ${camel}} needs. */
export interface ${pascal}Options {
  /** Gives what stands in the place of a text. It ends when the signal says so. */
  readonly ask: (text: string, signal: AbortSignal) => Promise<string>
  /** How many records are asked about at once; they leave in order. @defaultValue 1 */
  readonly concurrency?: number
}

/** Puts an answer in the place of each text; records without text are dropped, and counted as \`empty\`. */
export function ${camel}<T extends { readonly text: string }>({ ask, concurrency = 1 }: ${pascal}Options): Stage<T, T> {
  return mapRecords({
    name: '${kebab}',
    concurrency,
    map: async (record: T, { signal, drop }) =>
      record.text === '' ? drop('empty') : { ...record, text: await ask(record.text, signal) },
  })
}
`,
    test: `import { testStage } from '@custody/testkit'
import fc from 'fast-check'
import { test } from 'vitest'
import { ${camel} } from './${kebab}.ts'

testStage({
  test,
  stage: (outside) =>
    ${camel}({
      ask: async (text, signal) => {
        await outside.call(signal)
        return text.toUpperCase()
      },
    }),
  records: fc.record({ id: fc.uuid(), text: fc.string() }),
  idOf: ({ id }) => id,
  idsOf: ({ id }) => [id],
})
`,
    example: `import { ${camel} } from '@custody/${kebab}'
import { defineSource, from } from '@custody/pipeline'

const notes = defineSource<{ id: number; text: string }>('notes', async function* () {
  yield { records: [{ id: 1, text: 'hello' }], rejects: [] }
})
const pipe = from(notes).through(${camel}({ ask: async (text) => text.toUpperCase() }))
for await (const { records } of pipe.batches()) console.log(records)
`,
  }),

  source: ({ kebab, camel, pascal }) => ({
    description: 'Reads page after page, to the end.',
    module: `import { type Checkpoint, defineSource, type Source } from '@custody/pipeline'

/** A page, and where the next one begins: null after the last. */
export interface ${pascal}Page<T> {
  readonly records: readonly T[]
  readonly next: string | null
}

/** What {@link ${camel}} needs. */
export interface ${pascal}Options<T> {
  /** Gets the page that begins at a cursor; null for the first. */
  readonly readPage: (cursor: string | null, signal: AbortSignal | undefined) => Promise<${pascal}Page<T>>
  /** Goes on behind a batch of an earlier run. @defaultValue the first page */
  readonly after?: Checkpoint
}

// A cursor is never empty: an empty one says that nothing follows.
const END = ''

/** Gives a page as a batch. Its checkpoint says where the next one begins. */
export function ${camel}<T>({ readPage, after }: ${pascal}Options<T>): Source<T> {
  return defineSource('${kebab}', async function* ({ signal }) {
    let cursor = after?.cursor ?? null
    while (cursor !== END) {
      const { records, next } = await readPage(cursor, signal)
      cursor = next ?? END
      yield { records, rejects: [], checkpoint: { source: '${kebab}', cursor } }
    }
  })
}
`,
    test: `import type { Checkpoint, Source } from '@custody/pipeline'
import { type Outside, testSource } from '@custody/testkit'
import { test } from 'vitest'
import { ${camel} } from './${kebab}.ts'

const ids = ['a', 'b', 'c', 'd', 'e']
const pageSize = 2

function fiveNotes(outside: Outside, after?: Checkpoint): Source<string> {
  return ${camel}({
    readPage: async (cursor, signal) => {
      await outside.call(signal)
      const end = Number(cursor) + pageSize
      return { records: ids.slice(Number(cursor), end), next: end < ids.length ? String(end) : null }
    },
    ...(after && { after }),
  })
}

testSource({ test, source: fiveNotes, resume: fiveNotes, expected: ids, idOf: (id) => id })
`,
    example: `import { from } from '@custody/pipeline'
import { ${camel} } from '@custody/${kebab}'

const pages = [
  { records: ['one', 'two'], next: '1' },
  { records: ['three'], next: null },
]
const source = ${camel}({ readPage: async (cursor) => pages[Number(cursor)] ?? { records: [], next: null } })
for await (const { records, checkpoint } of from(source).batches()) console.log(records, checkpoint)
`,
  }),

  sink: ({ kebab, camel, pascal }) => ({
    description: 'Hands each batch to a function that keeps it.',
    module: `import { defineSink, type Sink } from '@custody/pipeline'

/** What {@link ${camel}} needs. */
export interface ${pascal}Options<T> {
  /** Keeps the records of a batch, all or none. What it settles for is durable. */
  readonly keep: (records: readonly T[], signal: AbortSignal | undefined) => Promise<void>
}

/** Commits a batch once it is kept: only then may its checkpoint be stored. */
export function ${camel}<T>({ keep }: ${pascal}Options<T>): Sink<T> {
  return defineSink('${kebab}', async function* (source, { signal }) {
    for await (const { records, rejects, checkpoint } of source) {
      await keep(records, signal)
      yield { batches: 1, records: records.length, rejects: rejects.length, ...(checkpoint && { checkpoint }) }
    }
  })
}
`,
    test: `import { testSink } from '@custody/testkit'
import fc from 'fast-check'
import { test } from 'vitest'
import { ${camel} } from './${kebab}.ts'

interface Note {
  readonly id: string
}

testSink<Note>({
  test,
  records: fc.record({ id: fc.uuid() }),
  idOf: ({ id }) => id,
  setUp: (outside) => {
    const kept: string[] = []
    const sink = ${camel}<Note>({
      keep: async (notes, signal) => {
        await outside.call(signal)
        kept.push(...notes.map(({ id }) => id))
      },
    })
    return { sink, stored: () => kept }
  },
})
`,
    example: `import { defineSource, from } from '@custody/pipeline'
import { ${camel} } from '@custody/${kebab}'

const notes = defineSource<string>('notes', async function* () {
  yield { records: ['one', 'two'], rejects: [] }
})
const { records } = await from(notes)
  .to(${camel}({ keep: async (records) => console.log(records) }))
  .run()
console.log(records, 'kept')
`,
  }),
}
