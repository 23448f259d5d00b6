import { globSync, readFileSync } from 'node:fs'
import { systemClock } from '@custody/pipeline'
import type { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { createProgram } from './program.ts'

const root = new URL('../../../', import.meta.url)
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...globSync('docs/**/*.md', { cwd: root }),
  ...globSync('packages/*/README.md', { cwd: root }),
]

/** The commands of Custody in the shell blocks of a page, without what the shell makes of them. */
function commandsOf(page: string): readonly string[] {
  const text = readFileSync(new URL(page, root), 'utf8')
  const blocks = [...text.matchAll(/^ *```(?:sh|bash|console)\n([\s\S]*?)^ *```/gm)].map(([, block = '']) => block)
  return blocks
    .flatMap((block) => block.replaceAll(/\\\n\s*/g, ' ').split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .flatMap((line) => /^(?:\.{1,2}\/|npx )?custody (.*)$/.exec(line)?.[1] ?? [])
}

/** Words as a shell would pass them on. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, one, other, plain]) => one ?? other ?? plain ?? '')
}

/** What is wrong about a command line, without running it. */
async function refusalOf(words: readonly string[]): Promise<string | null> {
  let said = ''
  const output = { write: (text: string) => (said += text) }
  const program = createProgram({
    stdout: output,
    stderr: output,
    env: {},
    clock: systemClock,
    signal: new AbortController().signal,
    console: () => {
      throw new Error('Nothing is run here.')
    },
    observe: () => undefined,
    end: () => undefined,
  })
  stop(program)
  try {
    await program.parseAsync([...words], { from: 'user' })
    return null
  } catch (error) {
    return (error as { exitCode?: number }).exitCode === 0 ? null : said || String(error)
  }
}

/** Commands that do nothing. Those that only group others keep refusing what is none. */
function stop(command: Command): void {
  if (command.commands.length === 0 || command.registeredArguments.length > 0) command.action(() => undefined)
  for (const child of command.commands) stop(child)
}

const commands = pages.flatMap((page) => commandsOf(page).map((command) => [page, command] as const))

describe('every command that a page shows is one that there is, with flags that it has', () => {
  test.each(commands)('%s: custody %s', async (_, command) => {
    expect(await refusalOf(wordsOf(command))).toBeNull()
  })

  test('which would be found out', async () => {
    expect(commands.length).toBeGreaterThan(60)
    expect(await refusalOf(['archive', '--fro', '2026-10-01'])).toContain("unknown option '--fro'")
    expect(await refusalOf(['archives'])).toContain('unknown command')
    expect(await refusalOf(['verify-proof'])).toContain('missing required argument')
  })
})
