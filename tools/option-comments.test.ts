import { expect, test } from 'vitest'
import { members, read } from './workspace.ts'

/** They mean the same in every package: `Clock`, `RunOptions` and `StageOptions` of pipeline say what. */
const everywhere: ReadonlySet<string> = new Set(['signal', 'clock', 'onEvent', 'random', 'randomBytes'])

/** What may be left out of the options that a package takes, and has no comment: nobody could tell what happens then. */
function uncommented(text: string): readonly string[] {
  const found: string[] = []
  for (const [, options = '', body = ''] of text.matchAll(/^export interface (\w*Options)\b[^{]*\{\n([\s\S]*?)^\}/gm)) {
    const lines = body.split('\n')
    for (const [index, line] of lines.entries()) {
      const [, name] = /^ {2}(?:readonly )?(\w+)\?/.exec(line) ?? []
      if (name === undefined || everywhere.has(name) || lines[index - 1]?.trimEnd().endsWith('*/')) continue
      found.push(`${options}.${name}`)
    }
  }
  return found
}

test('every option that may be left out says what it is, and what happens without it', () => {
  const packages = members().filter(({ folder }) => folder.startsWith('packages/'))
  const missing = packages.flatMap(({ folder, sources }) => {
    const exported = new Set(read(`${folder}/src/index.ts`).match(/\w*Options\b/g))
    return sources
      .filter(({ isTest }) => !isTest)
      .flatMap(({ path, text }) => uncommented(text).map((option) => ({ path, option })))
      .filter(({ option }) => exported.has(option.split('.')[0] ?? ''))
      .map(({ path, option }) => `${path}: ${option}`)
  })
  expect(missing).toEqual([])
})

test('which would be found out', () => {
  const text = `export interface SomeOptions {
  readonly needed: string
  /** @defaultValue 3 */
  readonly told?: number
  readonly untold?: {
    readonly inner?: string
  }
  readonly signal?: AbortSignal
}
`
  expect(uncommented(text)).toEqual(['SomeOptions.untold'])
})
