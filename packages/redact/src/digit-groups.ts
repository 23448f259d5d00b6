import { digitValue, digitValues, ideograph, ignored, kindOf, letter } from './characters.ts'
import type { Gap } from './spans.ts'

/** A maximal run of digits. */
export interface DigitGroup {
  readonly start: number
  readonly end: number
  /** In ASCII. */
  readonly digits: string
  /** What stands between it and the group before it in its chain; empty for the first. */
  readonly separator: string
}

/** Groups of digits with nothing but short separators in between. Never empty. */
export type DigitChain = readonly DigitGroup[]

const maximumSeparator = 3

/** The chains inside a stretch of text, in order. A letter, or more than three other characters, ends a chain. */
export function digitChains(text: string, gap: Gap): DigitChain[] {
  const chains: DigitGroup[][] = []
  let last: DigitGroup | undefined
  for (let at = gap.start; at < gap.end; ) {
    if ((digitValues[text.charCodeAt(at)] as number) < 0) {
      at++
      continue
    }
    const isNext = last !== undefined && isShort(text, last.end, at)
    last = groupAt(text, at, gap.end, isNext && last ? text.slice(last.end, at) : '')
    if (isNext) (chains[chains.length - 1] as DigitGroup[]).push(last)
    else chains.push([last])
    at = last.end
  }
  return chains
}

/** The digits of a chain, one after the other. */
export function digitsOf(chain: DigitChain): string {
  if (chain.length === 1) return (chain[0] as DigitGroup).digits
  let digits = ''
  for (const group of chain) digits += group.digits
  return digits
}

/** How many digits a chain has. */
export function digitCount(chain: DigitChain): number {
  let count = 0
  for (const { digits } of chain) count += digits.length
  return count
}

export function startOf(chain: DigitChain): number {
  return (chain[0] as DigitGroup).start
}

export function endOf(chain: DigitChain): number {
  return (chain[chain.length - 1] as DigitGroup).end
}

/** What stands between the groups of a chain. */
export function separatorsOf(chain: DigitChain): string[] {
  return chain.slice(1).map(({ separator }) => separator)
}

/** Takes a `+` and the opened bracket of an area code before the digits from `start` to `end` in. */
export function openingOf(text: string, minimum: number, start: number, end: number): number {
  const first = text[start - 1]
  if (start <= minimum || (first !== '+' && first !== '＋' && first !== '(')) return start
  const hasClosing = text.slice(start, end).includes(')')
  let at = start
  for (let taken = 0; taken < 3 && at > minimum; taken++, at--) {
    const before = text[at - 1]
    if (before !== '+' && before !== '＋' && !(before === '(' && hasClosing)) break
  }
  return at
}

function groupAt(text: string, start: number, limit: number, separator: string): DigitGroup {
  let end = start + 1
  let code = text.charCodeAt(start)
  let isAscii = code < 0x80
  for (; end < limit; end++) {
    code = text.charCodeAt(end)
    if ((digitValues[code] as number) < 0) break
    isAscii &&= code < 0x80
  }
  const written = text.slice(start, end)
  return { start, end, digits: isAscii ? written : inAscii(written), separator }
}

function inAscii(written: string): string {
  let digits = ''
  for (let i = 0; i < written.length; i++) digits += '0123456789'[digitValue(written.charCodeAt(i))]
  return digits
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
