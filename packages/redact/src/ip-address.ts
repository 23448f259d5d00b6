import type { DigitChain } from './digit-groups.ts'
import type { Span } from './personal-data-type.ts'

const colon = 0x3a
const dot = 0x2e
/** Eight groups of four, or six and an IPv4 address. */
const maximumLength = 45
/** Shorter ones are times and ratios. */
const minimumLength = 6

/** Whether four groups from `from` on are an IPv4 address, and no part of a longer figure with dots. */
export function isIpv4At(chain: DigitChain, from: number): boolean {
  if (from + 4 > chain.length || (chain[from + 1] as DigitChain[number]).separator !== '.') return false
  if (chain[from + 4]?.separator === '.' || chain[from]?.separator.endsWith('.')) return false
  for (let i = from; i < from + 4; i++) {
    const { digits, separator } = chain[i] as DigitChain[number]
    if (i > from && separator !== '.') return false
    if (digits.length > 3 || Number(digits) > 255 || (digits.length > 1 && digits.startsWith('0'))) return false
  }
  return true
}

/** The IPv6 address around the `:` at `position`, or null; without its zone and prefix length. RFC 4291. */
export function ipv6Around(text: string, position: number): Span | null {
  let start = position
  while (start > 0 && position - start < 5 && isHex(text.charCodeAt(start - 1))) start--
  if (start > 0 && isNamePart(text.charCodeAt(start - 1))) return null
  let end = position
  const limit = Math.min(text.length, start + maximumLength + 1)
  while (end < limit && isAddress(text.charCodeAt(end))) end++
  while (end > position && isTrailing(text, end)) end--
  if (
    end - start < minimumLength ||
    end - start > maximumLength ||
    (end < text.length && isNamePart(text.charCodeAt(end)))
  )
    return null
  const value = text.slice(start, end).toLowerCase()
  return isIpv6(value) ? { start, end, type: 'IP_ADDRESS', detector: 'ipv6', score: 1, value } : null
}

/** Eight groups, or fewer around one `::`. Shorthand like `::1` names no host and is left alone. */
function isIpv6(value: string): boolean {
  const halves = value.split('::')
  if (halves.length > 2 || !/\d/.test(value)) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  let count = groups.length
  const last = groups.at(-1) ?? ''
  if (last.includes('.')) {
    if (!/^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test(last)) return false
    groups.pop()
    count++
  }
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return false
  // Two short groups around a `::` could be a time or a ratio; addresses begin with a long group.
  return halves.length === 1 ? count === 8 : count >= 2 && count <= 7 && (groups[0]?.length ?? 0) >= 3
}

function isHex(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66)
}

function isAddress(code: number): boolean {
  return code === colon || code === dot || isHex(code)
}

function isTrailing(text: string, end: number): boolean {
  const code = text.charCodeAt(end - 1)
  return code === dot || (code === colon && text.charCodeAt(end - 2) !== colon)
}

function isNamePart(code: number): boolean {
  return (
    code === colon ||
    code === 0x5f ||
    (code >= 0x30 && code <= 0x39) ||
    ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a)
  )
}
