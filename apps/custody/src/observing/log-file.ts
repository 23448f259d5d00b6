import { constants, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '@custody/pipeline'
import { type Level, pino } from 'pino'
import type { ConsoleEvent } from '../console.ts'
import { loggedFields } from './log-fields.ts'
import type { Observer } from './observer.ts'

export type LogLevel = 'error' | 'warn' | 'info' | 'debug'
export const logLevels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug']

export interface LogFileOptions {
  /** Added to; made where it is not there. */
  readonly file: string
  /** @defaultValue `'info'` */
  readonly level?: LogLevel | undefined
  readonly command: string
  readonly clock: Pick<Clock, 'now'>
  /** A line for a person: the log cannot be written. Called once. */
  readonly tell: (line: string) => void
}

/** What goes wrong, and what a person may want to see to. All else is `info`. */
const levels: Readonly<Record<string, Level>> = {
  error: 'error',
  'job-failed': 'error',
  finding: 'warn',
  'record-reject': 'warn',
  'request-retry': 'warn',
  'token-refused': 'warn',
  'headroom-wait': 'warn',
  'headroom-unknown': 'warn',
  'ledger-rebuilt': 'warn',
  leftover: 'warn',
  unstamped: 'warn',
  'request-end': 'debug',
  'batch-end': 'debug',
  'checkpoint-commit': 'debug',
  'phase-start': 'debug',
  'phase-end': 'debug',
}

/** A second net under the list of what may be logged: what must never be, wherever it came from. */
const never = ['text', 'subject', 'identifier', 'name', 'body', 'token', 'user', 'email', 'phone']

/** So much is held back while the disk is slow; what comes on top is lost, and the run is not held up. */
const maxHeldBytes = 4 * 2 ** 20

/** So long the end of the command waits for the disk. */
const lastWordsMs = 1_000

/** Logs the events of a command into a file, as NDJSON, without personal data. A log that cannot be written is told of, once. */
export function logFile({ file, level = 'info', command, clock, tell }: LogFileOptions): Observer {
  const name = `The log ${file}`
  let isTold = false
  const failed = (error: unknown): void => {
    if (isTold) return
    isTold = true
    tell(
      `${name} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}); the run goes on, and is not all in it.`,
    )
  }
  const fd = openToAppend(file, failed)
  if (fd === null) return { name, event: () => undefined, end: async () => undefined }
  let isOver = false
  const destination = pino.destination({ fd, sync: false, maxLength: maxHeldBytes, retryEAGAIN: () => !isOver })
  destination.on('error', failed)
  destination.on('drop', () => failed({ code: 'it is too slow' }))
  const logger = pino(
    {
      level,
      base: { command, pid: process.pid },
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: never.flatMap((field) => [field, `*.${field}`]), remove: true },
    },
    destination,
  )
  const log = (event: ConsoleEvent): void => {
    const at = levels[event.type] ?? 'info'
    if (logger.isLevelEnabled(at)) logger[at](loggedFields(event))
  }
  return {
    name,
    event: log,
    async end(exitCode) {
      log({ type: 'command-end', exitCode })
      const written = new Promise<void>((resolve) => destination.flush(() => resolve()))
      await Promise.race([written, delay(lastWordsMs, undefined, { ref: false })])
      isOver = true
      destination.destroy()
    },
  }
}

/** Never waits: neither for the reader of a pipe nor for room in one. */
function openToAppend(file: string, failed: (error: unknown) => void): number | null {
  const { O_APPEND, O_CREAT, O_WRONLY, O_NONBLOCK } = constants
  try {
    mkdirSync(dirname(file), { recursive: true })
    return openSync(file, O_APPEND | O_CREAT | O_WRONLY | O_NONBLOCK, 0o600)
  } catch (error) {
    failed(error)
    return null
  }
}
