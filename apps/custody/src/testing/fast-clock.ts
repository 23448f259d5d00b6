import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LeapingClock } from './leaping-clock.ts'
import type { OrgUnderTest } from './org-under-test.ts'
import { runCommand } from './run-custody.ts'

/** A clock that processes share, and that runs faster than the machine's. */
export interface FastClock extends LeapingClock {
  /** How many times as fast. */
  readonly speed: number
  /** The same clock as an expression, for a process that is started now. */
  source(): string
}

export function fastClock(speed: number, start: number = Date.UTC(2026, 10, 21)): FastClock {
  const origin = Date.now()
  let ahead = 0
  return {
    speed,
    now: () => start + (Date.now() - origin) * speed + ahead,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / speed)),
    advance: (ms) => {
      ahead += ms
    },
    source: () => `{
      now: () => ${start + ahead} + (Date.now() - ${origin}) * ${speed},
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / ${speed})),
    }`,
  }
}

const cwd = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Runs a command in a process of its own that goes by that clock, and kills it so long after its first word of a target. Null for a run that
 * was killed, its exit code for one that ended before.
 */
export async function killedAfter(
  killAfterMs: number | null,
  command: readonly string[],
  under: Pick<OrgUnderTest, 'config' | 'env' | 'folder'>,
  clock: FastClock,
): Promise<number | null> {
  const script = `
    import { runProgram } from './src/program.ts'
    const { stdout, stderr, env } = process
    const signal = new AbortController().signal
    process.exitCode = await runProgram(JSON.parse(env.ARGS), { stdout, stderr, env, signal, clock: ${clock.source()} })`
  const ARGS = JSON.stringify([...command, '--json', '--config', under.config])
  const args = ['--conditions=@custody/source', '--input-type=module', '-e', script]
  const { code, stderr } = await runCommand(process.execPath, args, {
    cwd,
    // What starting takes is most of the time between two kills.
    env: { ...under.env, ARGS, NODE_COMPILE_CACHE: join(under.folder, 'compiled') },
    async onStart(child) {
      if (killAfterMs === null) return
      const exited = once(child, 'exit')
      const begun = new Promise<void>((resolve) => {
        child.stdout?.on('data', (text: string) => text.includes('target-moved') && resolve())
      })
      await Promise.race([begun, exited])
      await Promise.race([new Promise((resolve) => setTimeout(resolve, killAfterMs)), exited])
      child.kill('SIGKILL')
    },
  })
  if (code === 1 || code === 2) throw new Error(stderr)
  return code
}
