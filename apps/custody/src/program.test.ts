import { describe, expect, test } from 'vitest'
import { createConsole } from './console.ts'
import { runProgram } from './program.ts'

async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  let stdout = ''
  let stderr = ''
  const code = await runProgram(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env,
    signal: new AbortController().signal,
  })
  return { code, stdout, stderr }
}

describe('the command line', () => {
  test.each([[['--help']], [['archive', '--help']], [['verify', '--help']], [['config', 'show', '--help']]])(
    '%j prints the exit codes and ends with 0',
    async (args) => {
      const { code, stdout } = await run(args)
      expect(code).toBe(0)
      expect(stdout).toContain('Exit codes:')
      expect(stdout).toMatch(/3 +incomplete/)
    },
  )

  test.each([
    [['archive', '--json', '--nope'], {}],
    [['archive', '--json'], {}],
    [['archive'], { CUSTODY_JSON: '1' }],
  ])('%j with %j fails with an event too', async (args, env) => {
    const { code, stdout } = await run(args, env)
    expect(code).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ type: 'error', exitCode: 2 })
  })

  test('an unknown command is refused with the nearest known one', async () => {
    const { code, stderr } = await run(['archiv'])
    expect(code).toBe(2)
    expect(stderr).toContain('archive')
  })
})

test('what a terminal would take for a command is shown, not sent', () => {
  let written = ''
  const console = createConsole({ write: (text) => (written += text) }, { write: (text) => (written += text) }, {})
  console.talk('a\u001b]0;title\u0007b')
  console.data('c\u202ed')
  expect(written).toBe('a\\u001b]0;title\\u0007b\nc\\u202ed\n')
})
