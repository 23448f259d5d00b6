import { accountAt } from './bank-account.ts'
import { cardAt, tellingDigits } from './card.ts'
import { birthDateAt } from './date-of-birth.ts'
import { type DigitChain, type DigitGroup, digitCount, digitsOf, endOf } from './digit-groups.ts'
import { isIpv4At } from './ip-address.ts'
import {
  beginsLayout,
  beginsWithLengths,
  isIdLength,
  maximumIdDigits,
  readDigits,
  standsWithoutWord,
} from './national-id.ts'
import { isDate } from './number-shape.ts'
import type { Span } from './personal-data-type.ts'
import { isPhoneSeparator, phonesIn } from './phone.ts'
import { maximumPhoneDigits, minimumPhoneDigits } from './phone-value.ts'
import { pinAt } from './pin.ts'
import { addressAt } from './postal-address.ts'
import type { Stretch } from './stretch.ts'

/** Chains with fewer digits name nobody. */
const minimumDigits = 3
const maximumIdGroups = 7
const lengthTexts: readonly string[] = Array.from({ length: maximumIdDigits + 1 }, (_, length) => String(length))
const plus = 0x2b
const widePlus = 0xff0b

/** What a classifier made of the groups from one on: personal data, or something with a name that is left alone. */
interface Reading {
  readonly span: Span | null
  /** The index behind the last group it took. */
  readonly next: number
}

/**
 * The one classifier of digits. Each group of a chain is read, in this order, as the beginning of an IP address, a payment
 * card, a national id, a date, a bank account, a PIN or an address; the groups that nobody takes are read as phone numbers. What has
 * a name of its own (dates, versions, sums of money, order numbers) is thereby named and left alone.
 */
export function classifyDigits(stretch: Stretch): Span[] {
  const spans: Span[] = []
  let from = stretch.start
  for (const chain of stretch.chains) {
    if (chain.length === 1 && (chain[0] as DigitGroup).digits.length < minimumDigits) {
      const span = addressAt(stretch, chain[0] as DigitGroup, from) ?? birthDateAt(stretch, chain, 0, from)
      if (span) from = add(spans, [span], from)
      continue
    }
    from = add(spans, readChain(stretch, chain, from), from)
  }
  return spans
}

function add(spans: Span[], found: readonly Span[], from: number): number {
  let last = from
  for (const span of found) {
    spans.push(span)
    last = Math.max(last, span.end)
  }
  return last
}

function readChain(stretch: Stretch, chain: DigitChain, start: number): Span[] {
  const spans: Span[] = []
  let rest: DigitGroup[] = []
  let from = start
  for (let index = 0; index < chain.length; ) {
    const group = chain[index] as DigitGroup
    if (rest.length > 0 && !isPhoneSeparator(group.separator)) flush()
    const reading = readGroup(stretch, chain, index, from)
    if (!reading) {
      rest.push(group)
      index++
      continue
    }
    flush()
    if (reading.span) from = add(spans, [reading.span], from)
    index = reading.next
  }
  flush()
  return spans

  function flush(): void {
    if (rest.length > 0 && digitCount(rest) >= minimumPhoneDigits)
      from = add(spans, phonesIn(stretch, rest, from), from)
    rest = []
  }
}

function readGroup(stretch: Stretch, chain: DigitChain, index: number, from: number): Reading | null {
  if (isIpv4At(chain, index)) return { span: ipv4(stretch, chain.slice(index, index + 4), from), next: index + 4 }
  if (isDialled(stretch, chain, index, from)) return null
  const card = wanted(stretch, cardAt(stretch, chain, index, from))
  const span =
    (card && isTelling(stretch, card, from) ? card : null) ??
    wanted(stretch, nationalIdAt(stretch, chain, index, from)) ??
    card ??
    wanted(stretch, birthDateAt(stretch, chain, index, from))
  if (span) return { span, next: indexBehind(chain, index, span.end) }
  if (isDateAt(chain, index)) return named(stretch, chain.slice(index, index + 3), 'date', index + 3)
  const told =
    wanted(stretch, accountAt(stretch, chain, index, from)) ??
    wanted(stretch, pinAt(stretch, chain, index, from)) ??
    wanted(stretch, addressAt(stretch, chain[index] as DigitGroup, from))
  return told && { span: told, next: indexBehind(chain, index, told.end) }
}

/** Whether a card needs no second look: short ones may be a national id by the same digits. */
function isTelling(stretch: Stretch, card: Span, from: number): boolean {
  return card.value.length >= tellingDigits || stretch.kindBefore(from, card.start) === 'card'
}

/** A plus makes a phone number of what could be a card too. */
function isDialled({ text }: Stretch, chain: DigitChain, index: number, from: number): boolean {
  const { start, digits } = chain[index] as DigitGroup
  if (start <= from || digits.length > maximumPhoneDigits) return false
  const before = text.charCodeAt(start - 1)
  return before === plus || before === widePlus
}

function wanted({ options }: Stretch, span: Span | null): Span | null {
  return span && options.ignored.has(span.type) ? null : span
}

function named({ options }: Stretch, groups: DigitChain, reason: string, next: number): Reading {
  options.onRejected?.({
    start: (groups[0] as DigitGroup).start,
    end: endOf(groups),
    type: 'PHONE',
    detector: 'phone',
    reason,
  })
  return { span: null, next }
}

function ipv4(stretch: Stretch, groups: DigitChain, from: number): Span | null {
  const { start } = groups[0] as DigitGroup
  const end = endOf(groups)
  const value = stretch.text.slice(start, end)
  const isVersion = /[vV] ?$/.test(stretch.text.slice(Math.max(from, start - 2), start))
  if (!isVersion && !isFollowedByDot(stretch, end) && stretch.kindBefore(from, start) !== 'other') {
    return { start, end, type: 'IP_ADDRESS', detector: 'ipv4', score: 0.95, value }
  }
  stretch.options.onRejected?.({ start, end, type: 'IP_ADDRESS', detector: 'ipv4', reason: 'version' })
  return null
}

function isFollowedByDot({ text, end: limit }: Stretch, end: number): boolean {
  return end + 1 < limit && text[end] === '.' && /\d/.test(text[end + 1] as string)
}

/** The national id that begins with a group, of one group or several. */
function nationalIdAt(stretch: Stretch, chain: DigitChain, index: number, from: number): Span | null {
  let length = 0
  let layout = ''
  const limit = Math.min(chain.length, index + maximumIdGroups)
  if (isLedTo(chain, index)) return null
  const hasIds = stretch.says('id')
  for (let at = index; at < limit; at++) {
    const { digits, separator } = chain[at] as DigitGroup
    length += digits.length
    if (length > maximumIdDigits || (at > index && separator.length !== 1)) return null
    // Without a word for it, an id of several groups stands in a layout that is in use.
    const first = chain[index] as DigitGroup
    if (at === index + 1 && !hasIds && !beginsWithLengths(first.digits.length, digits.length)) return null
    layout = at === index ? (lengthTexts[length] as string) : layout + separator + lengthTexts[digits.length]
    if (at > index && !hasIds && !beginsLayout(layout)) return null
    if (!isIdLength(length) || goesOn(chain, at)) continue
    if (at === index && !standsWithoutWord(length) && !hasIds) continue
    const span = readId(stretch, chain.slice(index, at + 1), layout, from)
    if (span) return span
  }
  return null
}

function readId(stretch: Stretch, groups: DigitChain, layout: string, from: number): Span | null {
  const { start } = groups[0] as DigitGroup
  const end = endOf(groups)
  const digits = digitsOf(groups)
  const reading = readDigits(digits, layout, stretch.options.countries, stretch.contextOf(from, start, end))
  if (reading === null) return null
  if ('rule' in reading) {
    return { start, end, type: reading.rule.type, detector: reading.rule.name, score: reading.score, value: digits }
  }
  const { name, type } = reading.rejected
  stretch.options.onRejected?.({ start, end, type, detector: name, reason: 'check-digit' })
  return null
}

/** Whether a group goes on as it was led to: `123-45-6789-0` is no `123-45-6789`. */
function goesOn(chain: DigitChain, index: number): boolean {
  const group = chain[index] as DigitGroup
  const next = chain[index + 1]
  return next !== undefined && isAlike(next, group) && (index === 0 || next.separator === group.separator)
}

/** Whether a group is led to as the one behind it is. */
function isLedTo(chain: DigitChain, index: number): boolean {
  const previous = chain[index - 1]
  const group = chain[index] as DigitGroup
  return previous !== undefined && isAlike(group, previous) && chain[index + 1]?.separator === group.separator
}

/** Spaces part numbers as well as groups: there, only groups of one length belong together. */
function isAlike({ separator, digits }: DigitGroup, before: DigitGroup): boolean {
  return separator.length === 1 && (separator !== ' ' || digits.length === before.digits.length)
}

/** Three groups that are a date, and neither before nor behind a group joined in the same way. */
function isDateAt(chain: DigitChain, index: number): boolean {
  const separator = chain[index + 1]?.separator
  return (
    (separator === '.' || separator === '/' || separator === '-') &&
    chain[index]?.separator !== separator &&
    chain[index + 3]?.separator !== separator &&
    isDate(chain, index)
  )
}

function indexBehind(chain: DigitChain, index: number, end: number): number {
  let next = index + 1
  while (next < chain.length && (chain[next] as DigitGroup).start < end) next++
  return next
}
