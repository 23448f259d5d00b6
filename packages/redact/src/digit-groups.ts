import { digit, digitClass, digitValue, ideograph, ignored, kindOf, letter } from './characters.ts'
import type { Gap } from './spans.ts'

/** A maximal run of digits. */
export interface DigitGroup {
  readonly start: number
  readonly end: number
  /** In ASCII. */
  readonly digits: string
}

/** Groups of digits with nothing but short separators in between. Never empty. */
export type DigitChain = readonly DigitGroup[]

const maximumSeparator = 3
const anyDigit = new RegExp(`[${digitClass}]`, 'g')

/**
 * The chains inside a stretch of text, in order. A letter, or more than three other characters, ends a chain;
 * `isSeparator` may be stricter.
 */
export function* digitChains(
  text: string,
  gap: Gap,
  isSeparator: (separator: string) => boolean = () => true,
): Generator<DigitChain, void, undefined> {
  let chain: DigitGroup[] = []
  let at = gap.start
  while (at < gap.end) {
    anyDigit.lastIndex = at
    if (!anyDigit.test(text) || anyDigit.lastIndex > gap.end) break
    const group = groupAt(text, anyDigit.lastIndex - 1, gap.end)
    const last = chain.at(-1)
    if (last && !(isShort(text, last.end, group.start) && isSeparator(text.slice(last.end, group.start)))) {
      yield chain
      chain = []
    }
    chain.push(group)
    at = group.end
  }
  if (chain.length > 0) yield chain
}

/** The digits of a chain, one after the other. */
export function digitsOf(chain: DigitChain): string {
  return chain.length === 1 ? (chain[0] as DigitGroup).digits : chain.map((group) => group.digits).join('')
}

export function startOf(chain: DigitChain): number {
  return (chain[0] as DigitGroup).start
}

export function endOf(chain: DigitChain): number {
  return (chain[chain.length - 1] as DigitGroup).end
}

/** Takes a `+` and the opened bracket of an area code before the digits from `start` to `end` in. */
export function openingOf(text: string, minimum: number, start: number, end: number): number {
  const hasClosing = text.slice(start, end).includes(')')
  let at = start
  for (let taken = 0; taken < 3 && at > minimum; taken++, at--) {
    const before = text[at - 1]
    if (before !== '+' && before !== '＋' && !(before === '(' && hasClosing)) break
  }
  return at
}

function groupAt(text: string, start: number, limit: number): DigitGroup {
  let end = start
  let isAscii = true
  while (end < limit && kindOf(text.charCodeAt(end)) === digit) {
    if (text.charCodeAt(end) > 0x7f) isAscii = false
    end++
  }
  const written = text.slice(start, end)
  const digits = isAscii ? written : Array.from(written, (character) => digitValue(character.charCodeAt(0))).join('')
  return { start, end, digits }
}

function isShort(text: string, from: number, to: number): boolean {
  let length = 0
  for (let i = from; i < to; i++) {
    const kind = kindOf(text.charCodeAt(i))
    if (kind === letter || kind === ideograph) return false
    if (kind !== ignored && ++length > maximumSeparator) return false
  }
  return true
}
