import type { Clock } from '@custody/pipeline'
import { runProgram } from '../program.ts'
import type { Ran } from './run-custody.ts'

/** Runs a command line inside the test's own process. */
export async function runInProcess(args: readonly string[], env: NodeJS.ProcessEnv = {}, clock?: Clock): Promise<Ran> {
  let stdout = ''
  let stderr = ''
  const run = (): ReturnType<typeof runProgram> =>
    runProgram(args, {
      stdout: {
        write: (text) => {
          stdout += text
        },
      },
      stderr: {
        write: (text) => {
          stderr += text
        },
      },
      env,
      signal: new AbortController().signal,
      ...(clock && { clock }),
    })
  const code = await withTwins(env, run)
  return { code, stdout, stderr }
}

/** Flags read their environment twins of the process itself, and at once: before anything is waited for. */
function withTwins<Result>(env: NodeJS.ProcessEnv, run: () => Result): Result {
  const twins = Object.keys(env).filter((name) => name.startsWith('CUSTODY_'))
  const before = twins.map((name) => [name, process.env[name]] as const)
  for (const name of twins) process.env[name] = env[name]
  try {
    return run()
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}
