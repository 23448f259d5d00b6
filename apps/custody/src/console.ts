/** Where a command talks to: data on stdout, talk on stderr. The only place of the project that prints. */
export interface Console {
  /** Whether stdout carries NDJSON events instead of text. */
  readonly json: boolean
  readonly quiet: boolean
  /** Whether stderr is a terminal that can redraw a line. */
  readonly live: boolean
  readonly columns: number
  /** A line of data, on stdout. With `--json` it is left out: events carry the same. */
  data(line: string): void
  /** A line of talk, on stderr. Left out when quiet. */
  talk(line: string): void
  /** A line on stderr that even `--quiet` shows. */
  warn(line: string): void
  /** A machine-readable event, on stdout, only with `--json`; whoever observes the command gets it always. */
  event(event: ConsoleEvent): void
  /** An event of which there are too many to print: only for whoever observes the command. */
  detail(event: ConsoleEvent): void
  /** Redraws the line at the bottom of a live stderr; an empty one removes it. */
  redraw(line: string): void
}

export interface ConsoleEvent {
  readonly type: string
  readonly [key: string]: unknown
}

export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface ConsoleOptions {
  readonly json?: boolean | undefined
  readonly quiet?: boolean | undefined
}

export function createConsole(
  stdout: Output,
  stderr: Output,
  { json = false, quiet = false }: ConsoleOptions,
  observe: (event: ConsoleEvent) => void = () => undefined,
): Console {
  const live = stderr.isTTY === true && !quiet && !json
  let drawn = false
  const clear = (): void => {
    if (drawn) stderr.write('\r\u001b[2K')
    drawn = false
  }
  return {
    json,
    quiet,
    live,
    columns: stderr.columns ?? 80,
    data(line) {
      clear()
      if (!json) stdout.write(`${printable(line)}\n`)
    },
    talk(line) {
      clear()
      if (!quiet) stderr.write(`${printable(line)}\n`)
    },
    warn(line) {
      clear()
      stderr.write(`${printable(line)}\n`)
    },
    event(event) {
      if (json) stdout.write(`${JSON.stringify(event)}\n`)
      observe(event)
    },
    detail: observe,
    redraw(line) {
      if (!live) return
      clear()
      if (line === '') return
      stderr.write(line)
      drawn = true
    },
  }
}

/** An identifier from outside may hold what a terminal takes for a command: such characters are shown, not sent. */
function printable(line: string): string {
  return line.replace(/[\p{Cc}\p{Bidi_Control}]/gu, (character) =>
    character === '\n' || character === '\t'
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
