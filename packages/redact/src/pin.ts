import type { DigitChain, DigitGroup } from './digit-groups.ts'
import type { Span } from './personal-data-type.ts'
import type { Stretch } from './stretch.ts'

const minimumDigits = 3
const maximumDigits = 8
/** All that may stand between the word and the digits: "PIN in 2024" is none. */
const lead =
  /(?:pins?|cv[vc]2?|csc|cid|code|passcode|geheimzahl|otp|pruefziffer|prüfziffer)\)?(?: (?:code|number|nr|no))?\.?(?: ?[:=#-]| (?:is|was|ist|es|est|é|to|lautet))? ?["'“]?$/iu
const window = 32

/** The PIN or card security code that a group is, told by the word right before it; null for none. */
export function pinAt(stretch: Stretch, chain: DigitChain, index: number, from: number): Span | null {
  const { start, end, digits } = chain[index] as DigitGroup
  if (digits.length < minimumDigits || digits.length > maximumDigits) return null
  if (!stretch.says('pin') || stretch.kindBefore(from, start) !== 'pin') return null
  if (
    start > 0 &&
    !lead.test(stretch.text.slice(Math.max(from, start - window), start)) &&
    !isLabelled(stretch, start)
  ) {
    return null
  }
  return { start, end, type: 'SECRET', detector: 'pin', score: 0.7, value: digits }
}

/** Whether nothing but the label stands before the digits. */
function isLabelled({ text, options }: Stretch, start: number): boolean {
  return options.before !== '' && text.slice(0, start).trim() === ''
}
