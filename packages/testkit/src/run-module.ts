import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A process of its own. */
export interface Child {
  readonly pid: number
  /** The next line it prints; null once it has ended. */
  line(): Promise<string | null>
  /** Ends it at once, without a chance to tidy up, and waits for that. */
  kill(): Promise<void>
}

/**
 * Runs a module in a process of its own, which ends with this one at the latest.
 *
 * @param here - `import.meta.url` of the test: what `from './…'` in the code is relative to
 */
export function runModule(here: string, code: string): Child {
  const folder = new URL('.', here).href
  const script = code.replaceAll("from './", `from '${folder}`)
  const child: ChildProcess = spawn(
    process.execPath,
    ['--conditions=@custody/source', '--input-type=module', '-e', script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = once(child, 'close')
  // A test that fails must not leave it behind.
  const end = (): void => void child.kill('SIGKILL')
  process.once('exit', end)
  void ended.then(() => process.off('exit', end))
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
