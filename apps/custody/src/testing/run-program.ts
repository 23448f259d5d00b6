import { runProgram } from '../program.ts'
import type { Ran } from './run-custody.ts'

/** Runs a command line inside the test's own process. */
export async function runInProcess(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  let stdout = ''
  let stderr = ''
  const code = await runProgram(args, {
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
  })
  return { code, stdout, stderr }
}
