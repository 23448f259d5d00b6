import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
/** The launcher at the root of the checkout. */
export const launcher: string = `${root}custody`

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Called with the started process; waited for. */
  readonly onStart?: (child: ChildProcess) => Promise<void>
}

/** Runs the real command line, as a user would, in a process of its own. */
export function runCustody(args: readonly string[], options?: RunOptions): Promise<Ran> {
  return runCommand(launcher, args, options)
}

/** The same for any command. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, env = {}, onStart }: RunOptions = {},
): Promise<Ran> {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(command, [...args], {
    ...(cwd !== undefined && { cwd }),
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const closed = once(child, 'close')
  await onStart?.(child)
  const [code] = (await closed) as [number | null]
  return { code, stdout, stderr }
}
