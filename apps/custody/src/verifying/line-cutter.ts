/** Longer than any line of an audit log. */
const maxBytes = 65_536

/** Cuts bytes into lines, each with its LF. What is no line of bounded length is left out: others find it. */
export class LineCutter {
  readonly #onLine: (line: string) => void
  #rest = ''

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  push(chunk: Uint8Array): void {
    const lines = (this.#rest + Buffer.from(chunk).toString('latin1')).split('\n')
    this.#rest = (lines.pop() ?? '').slice(0, maxBytes)
    for (const line of lines) this.#onLine(`${line}\n`)
  }
}
