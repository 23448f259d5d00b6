import { spawn } from 'node:child_process'

/** The heap is bounded so that garbage is collected early: without it a long run keeps several times what it needs. */
export const heapOptions: readonly string[] = ['--max-old-space-size=1024', '--max-semi-space-size=8']

/** What is needed of `process`. */
export interface Started {
  readonly execPath: string
  readonly execArgv: readonly string[]
  readonly argv: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Not on Windows. */
  readonly execve?: typeof process.execve
}

/** Whether somebody has said how large the heap may be, on the command line or in NODE_OPTIONS: their word stands. */
export function isBounded({ execArgv, env }: Pick<Started, 'execArgv' | 'env'>): boolean {
  return [...execArgv, ...(env['NODE_OPTIONS'] ?? '').split(/\s+/)].some((option) =>
    /^--max[-_]old[-_]space[-_]size(-percentage|_percentage)?(=|$)/.test(option),
  )
}

/**
 * Starts the same command line under a bounded heap. V8 takes that bound at its start alone, and options in a `#!` line
 * need an `env` that knows `-S`, which BusyBox has not. The process is replaced; on Windows it waits for the other.
 */
export async function startBounded({ execPath, execArgv, argv, env, execve }: Started): Promise<number> {
  const args = [...heapOptions, ...execArgv, ...argv.slice(1)]
  execve?.(execPath, [execPath, ...args], env)
  const child = spawn(execPath, args, { stdio: 'inherit' })
  // A console tells every process in it of Ctrl-C: the child decides what becomes of it.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => undefined)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}
