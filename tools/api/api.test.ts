import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { read, root } from '../workspace.ts'
import { report, reportPath, surfaces } from './api-report.ts'
import { surfaceOf } from './surface.ts'

const found = await surfaces()

test.each([...found])('what %s exports stands in its report', (name, surface) => {
  const path = reportPath(name)
  const checkedIn = existsSync(join(root, path)) ? read(path) : ''
  expect(report(name, surface), `look at what changed, then: npm run api`).toBe(checkedIn)
})

test('there is no report of a package that is gone', () => {
  expect(readdirSync(join(root, 'docs/api')).map((file) => file.replace('.md', ''))).toEqual([...found.keys()].sort())
})

test('every export says what it is', () => {
  const silent = [...found].flatMap(([name, { exports }]) =>
    exports.filter(({ documented }) => !documented).map((exported) => `${name}: ${exported.name}`),
  )
  expect(silent, 'exports without TSDoc').toEqual([])
})

/** The surface of a package of these files. */
function surface(files: Readonly<Record<string, string>>): ReturnType<typeof surfaceOf> {
  return surfaceOf('p/index.d.ts', (path) => {
    const text = files[path]
    if (text === undefined) throw new Error(`no ${path}`)
    return text
  })
}

test('names are followed to where they are declared, whatever they are called on the way', () => {
  const { exports, reached } = surface({
    'p/index.d.ts': `export { type A, b as c, } from './one.ts';\nexport type { D } from './deep/two.ts';\n`,
    'p/one.d.ts': `import type { Elsewhere } from '@custody/model';
import type { E as Renamed, } from './deep/two.ts';
/** An A. */
export interface A {
    /** Not for the report: interface Nothing {} */
    readonly of: Renamed | Elsewhere;
    readonly text: '} interface Never {';
}
/** First. */
export declare function b(value: string): A;
export declare function b(value: number): A;
export declare function unseen(): void;
export {};
`,
    'p/deep/two.d.ts': `/* No documentation. */
export type D = {
    readonly [key: \`x-\${string}\`]: Hidden;
} | null;
interface E {
}
declare const hidden: unique symbol;
interface Hidden {
    readonly [hidden]: string;
}
export { E };
`,
  })
  expect(exports).toEqual([
    {
      name: 'A',
      text: `interface A {\n  readonly of: Renamed | Elsewhere;\n  readonly text: '} interface Never {';\n}`,
      documented: true,
    },
    { name: 'D', text: `type D = {\n  readonly [key: \`x-\${string}\`]: Hidden;\n} | null;`, documented: false },
    { name: 'c', text: 'function b(value: string): A;\nfunction b(value: number): A;', documented: true },
  ])
  expect(reached.map(({ name }) => name)).toEqual(['E', 'Hidden', 'hidden'])
})

test('an export that nothing declares is an error, not a gap', () => {
  expect(() => surface({ 'p/index.d.ts': `export { a } from './one.ts';`, 'p/one.d.ts': 'export {};' })).toThrow(
    'p/index.d.ts exports a, which nothing declares',
  )
})
