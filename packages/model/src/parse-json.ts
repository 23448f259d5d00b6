import type { Json } from './entry.ts'
import { parseWithSource, toRawJson } from './raw-json.ts'

// Any number with at most 15 digits and an exponent below 100 comes through a double unharmed. This finds the others, and
// now and then digits inside a string, which costs time and nothing else. It looks only at what stands between the
// characters that can stand around a number: else the `8e123` of a UUID, or a card behind a space, would send most pages the slow way. Without an
// alternative that is anchored, the engine skips ahead instead of trying at every character.
const maybeInexact = /[[:,]\s*-?(?:[\d.]{16}|[\d.]+[eE][+-]?\d{3,}[,\]}\s])/
const isNumber = /^\s*-?\d/

/**
 * Parses JSON without changing any number's value: a number that a double would round (a long integer, a long decimal,
 * one out of range) is kept as a `JSON.rawJSON` value, which `JSON.stringify` writes verbatim. The value is kept, not the
 * spelling: `1.0` becomes `1`.
 *
 * Text without such numbers, the normal case, goes the way of plain `JSON.parse`.
 *
 * @throws SyntaxError that names the position and quotes nothing of the text.
 */
export function parseJson(text: string): Json {
  try {
    return isNumber.test(text) || maybeInexact.test(text)
      ? parseWithSource(text, keepInexact)
      : (JSON.parse(text) as Json)
  } catch (error) {
    throw new SyntaxError(describe(error, text))
  }
}

function keepInexact(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value === 'number' && source !== undefined && !isExact(value, source) ? toRawJson(source) : value
}

/**
 * Whether `JSON.stringify` would write the same number, in whatever spelling. Where the significant digits agree the
 * exponents do too: a double is near what was read, or is 0 or infinite, which have no digits.
 */
function isExact(value: number, source: string): boolean {
  const written = String(value)
  return written === source || significantDigits(written) === significantDigits(source)
}

/** The digits without exponent, sign and point, and without zeros at either end. */
function significantDigits(text: string): string {
  const digits = text.replace(/[eE].*|[-.]/g, '')
  let start = 0
  while (digits[start] === '0') start += 1
  let end = digits.length
  while (end > start && digits[end - 1] === '0') end -= 1
  return digits.slice(start, end)
}

/** The engine's own message quotes the text around the mistake. Only the position at its very end is taken over. */
function describe(error: unknown, text: string): string {
  if (!(error instanceof SyntaxError)) return `JSON nested too deeply (${text.length} characters)`
  const position = / at position (\d+)(?: \(line \d+ column \d+\))?$/.exec(error.message)?.[1]
  return `Not valid JSON${position === undefined ? '' : ` at position ${position}`} (${text.length} characters)`
}
