import type { Clock } from '@custody/pipeline'
import type { Console, ConsoleOptions, Output } from './console.ts'
import type { ExitCode } from './exit-code.ts'
import type { Observer } from './observing/observer.ts'

/** The world, as a command is given it. */
export interface CommandContext {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: NodeJS.ProcessEnv
  readonly clock: Clock
  /** Aborted by Ctrl-C, with an error of code `INTERRUPTED` as its reason. */
  readonly signal: AbortSignal
  /** The console for the talk the flags ask for. */
  console(options: ConsoleOptions): Console
  /** Tells an observer of all that follows: the events of every console, and the end. */
  observe(observer: Observer): void
  /** Says what the process ends with. Without a word it is 0. */
  end(code: ExitCode): void
}
