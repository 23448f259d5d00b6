const BACKSLASH = 0x5c
const LETTER_U = 0x75
const isTokenByte = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[A-Za-z0-9_-]/.test(String.fromCharCode(byte)) && byte < 0x80 ? 1 : 0,
)

/**
 * Which of the wanted tokens, words of letters, digits, `_` and `-`, stand in a line of JSON. Looks at each byte once and makes
 * text only of words as long as a wanted one.
 */
export class TokenSearch {
  readonly #wanted: ReadonlySet<string>
  readonly #lengths = new Set<number>()

  constructor(wanted: ReadonlySet<string>) {
    this.#wanted = wanted
    for (const each of wanted) this.#lengths.add(each.length)
  }

  find(line: Buffer): string[] {
    const found: string[] = []
    if (this.#lengths.size === 0) return found
    const { length } = line
    let start = -1
    for (let at = 0; at <= length; at++) {
      const byte = at < length ? (line[at] as number) : 0
      if (isTokenByte[byte] === 1) {
        if (start < 0) start = at
        continue
      }
      if (start >= 0) {
        if (this.#lengths.has(at - start)) {
          const word = line.toString('latin1', start, at)
          if (this.#wanted.has(word)) found.push(word)
        }
        start = -1
      }
      // The letter of an escape, and the digits of \u0000, are no part of the word behind it.
      if (byte === BACKSLASH) at += line[at + 1] === LETTER_U ? 5 : 1
    }
    return found
  }
}
