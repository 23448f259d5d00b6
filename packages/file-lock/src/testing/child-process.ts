import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'

/** A process of its own. */
export interface Child {
  readonly pid: number
  /** The next line it prints; null once it has ended. */
  line(): Promise<string | null>
  /** Ends it at once, without a chance to tidy up, and waits for that. */
  kill(): Promise<void>
}

/** Runs a module in a process of its own; `here` in it is the folder of the package's sources. */
export function runModule(code: string): Child {
  const here = new URL('..', import.meta.url).href
  const script = code.replaceAll("from './", `from '${here}`)
  const child: ChildProcess = spawn(
    process.execPath,
    ['--conditions=@custody/source', '--input-type=module', '-e', script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = once(child, 'close')
  onTestFinished(() => void child.kill('SIGKILL'))
  if (child.stdout === null) throw new Error('the process has no output')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    pid: child.pid ?? 0,
    async line() {
      const { value, done } = await lines.next()
      return done ? null : value
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
