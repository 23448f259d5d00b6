import type { ConsoleEvent } from '../console.ts'
import type { ExitCode } from '../exit-code.ts'

/** Watches a command from outside: a log, metrics, traces. Nothing it does slows the command, or makes it fail. */
export interface Observer {
  /** What it is, for people. */
  readonly name: string
  /** Each event of the command, those that are printed by `--json` among them. */
  event(event: ConsoleEvent): void
  /** The command is over. Takes a second at most. */
  end(exitCode: ExitCode): Promise<void>
}

export interface Observers {
  add(observer: Observer): void
  event(event: ConsoleEvent): void
  end(exitCode: ExitCode): Promise<void>
}

/** @param tell - a line for a person, about an observer that broke */
export function createObservers(tell: (line: string) => void): Observers {
  const all = new Set<Observer>()
  const drop = (observer: Observer): void => {
    all.delete(observer)
    tell(`${observer.name} broke; the run goes on without.`)
  }
  return {
    add(observer) {
      all.add(observer)
    },
    event(event) {
      for (const observer of all) {
        try {
          observer.event(event)
        } catch {
          drop(observer)
        }
      }
    },
    async end(exitCode) {
      await Promise.all([...all].map((observer) => observer.end(exitCode).catch(() => drop(observer))))
    },
  }
}
