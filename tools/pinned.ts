import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { root } from './workspace.ts'

export interface Finished {
  readonly status: number | null
  /** stdout and stderr as they came. */
  readonly output: string
}

export interface RunOptions {
  /** @defaultValue the root of the repository */
  readonly cwd?: string
  /** Added to the environment. */
  readonly env?: NodeJS.ProcessEnv
}

/** Runs a command and keeps what it says. */
export function run(command: string, args: readonly string[], { cwd = root, env }: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk) => chunks.push(chunk))
    child.stderr.on('data', (chunk) => chunks.push(chunk))
    child.once('error', (error) => resolve({ status: null, output: error.message }))
    child.once('close', (status) => resolve({ status, output: Buffer.concat(chunks).toString('utf8') }))
  })
}

/** Runs a command that finds the pinned package manager on its PATH: `['pnpm', 'pack']`, `['turbo', 'run', 'build']`. */
export function withPackageManager(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return run(process.execPath, [join(options.cwd ?? root, 'tools', 'pinned.mjs'), ...args], options)
}

/** Fails with what a command said, unless it went well. */
export function succeeded({ status, output }: Finished): string {
  if (status !== 0) throw new Error(`It ended with ${status}:\n${output}`)
  return output
}
