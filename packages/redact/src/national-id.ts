import type { ContextWord } from './context-words.ts'
import * as asiaPacific from './national-ids/asia-pacific.ts'
import * as britishIsles from './national-ids/british-isles.ts'
import * as easternEurope from './national-ids/eastern-europe.ts'
import type { CodeRule, DigitRule } from './national-ids/id-rule.ts'
import * as northAmerica from './national-ids/north-america.ts'
import * as northernEurope from './national-ids/northern-europe.ts'
import * as southAmerica from './national-ids/south-america.ts'
import * as southernEurope from './national-ids/southern-europe.ts'
import * as westernEurope from './national-ids/western-europe.ts'

/** All rules; where several fit, the first wins. */
const digitRules: readonly DigitRule[] = [
  ...northAmerica.digitRules,
  ...southAmerica.digitRules,
  ...northernEurope.digitRules,
  ...westernEurope.digitRules,
  ...easternEurope.digitRules,
  ...southernEurope.digitRules,
  ...britishIsles.digitRules,
  ...asiaPacific.digitRules,
]
const codeRules: readonly CodeRule[] = [
  ...northAmerica.codeRules,
  ...britishIsles.codeRules,
  ...westernEurope.codeRules,
  ...northernEurope.codeRules,
  ...southernEurope.codeRules,
  ...asiaPacific.codeRules,
]

export const maximumIdDigits: number = Math.max(...digitRules.flatMap(({ digits }) => digits))

const byLength: readonly (readonly DigitRule[])[] = Array.from({ length: maximumIdDigits + 1 }, (_, length) =>
  digitRules.filter(({ digits }) => digits.includes(length)),
)

const layouts: ReadonlySet<string> = new Set(digitRules.flatMap((rule) => rule.layouts))
const beginnings: ReadonlySet<string> = new Set(
  [...layouts].flatMap((layout) =>
    Array.from(layout.matchAll(/\d+/g), (group) => layout.slice(0, group.index + group[0].length)),
  ),
)

const longestGroup = 16
/** 1 for the lengths of two groups that a layout begins with. */
const firstTwo = new Uint8Array(longestGroup * longestGroup)
for (const layout of layouts) {
  const [first = 0, second = 0] = Array.from(layout.matchAll(/\d+/g), (group) => Number(group[0]))
  firstTwo[first * longestGroup + second] = 1
}

/** Whether some layout begins with groups of so many digits: asked before anything is made of them. */
export function beginsWithLengths(first: number, second: number): boolean {
  return second < longestGroup && firstTwo[first * longestGroup + second] === 1
}

/** Whether a layout begins like this: lengths of groups with what stands between. */
export function beginsLayout(layout: string): boolean {
  return beginnings.has(layout)
}

const alwaysLengths: ReadonlySet<number> = new Set(
  digitRules.flatMap(({ alone, digits }) => (alone === 'always' ? digits : [])),
)

/** Whether so many digits in one run may be an id although no word says so. */
export function standsWithoutWord(length: number): boolean {
  return alwaysLengths.has(length)
}

/** Countries to look for; undefined for all. */
export type Countries = ReadonlySet<string> | undefined

/** A national id, or why digits that a word announces as one are none. */
export type IdReading = { readonly rule: DigitRule; readonly score: number } | { readonly rejected: DigitRule } | null

/** Whether some rule takes this many digits. */
export function isIdLength(length: number): boolean {
  return (byLength[length] as readonly DigitRule[] | undefined)?.length !== 0 && length <= maximumIdDigits
}

/**
 * Reads digits as the national id of some country. `layout` holds the lengths of their groups with what stands between;
 * `word` is the telling word beside them.
 */
export function readDigits(digits: string, layout: string, countries: Countries, word: ContextWord | null): IdReading {
  const isPlain = digits.length === Number(layout)
  // Groups that nobody writes without a reason: the word has to be there.
  if (!isPlain && word?.kind !== 'id' && !layouts.has(layout)) return null
  if (!isPlain && !layouts.has(layout) && !isRegular(layout)) return null
  let hinted: DigitRule | undefined
  let best: DigitRule | undefined
  for (const rule of byLength[digits.length] as readonly DigitRule[]) {
    if (countries && !countries.has(countryOf(rule.name))) continue
    const isMeant = word?.kind === 'id' && word.hints.some((hint) => rule.name.startsWith(hint))
    const isNamed = isMeant && !word.hints.includes('')
    const isEnough = isMeant || (word?.kind !== 'other' && standsAlone(rule, rule.layouts.includes(layout), isPlain))
    if (!isEnough) continue
    if (!rule.isValid(digits)) {
      if (isNamed) hinted ??= rule
    } else if (isNamed) return { rule, score: 1 }
    else best ??= rule
  }
  if (best) return { rule: best, score: word?.kind === 'id' ? 0.95 : 0.85 }
  return hinted ? { rejected: hinted } : null
}

function standsAlone({ alone }: DigitRule, isLaidOut: boolean, isPlain: boolean): boolean {
  return alone === 'always' ? isLaidOut || isPlain : alone === 'laid-out' && isLaidOut
}

/** Groups of three digits or so with one and the same separator: `123 456 789`. */
function isRegular(layout: string): boolean {
  return /^\d+([ .\-/])\d+(?:\1\d+){0,5}$/.test(layout)
}

function countryOf(name: string): string {
  return name.slice(0, 2).toUpperCase()
}

// Codes begin with letters or digits and are matched in place; the classes keep most tokens from costing more than a look.
const codes: readonly { readonly rule: CodeRule; readonly form: RegExp }[] = codeRules.map((rule) => ({
  rule,
  form: new RegExp(`${rule.form.source}(?![\\p{L}\\p{Nd}_])`, 'iuy'),
}))
const anyCode = new RegExp(`(?:${codeRules.map(({ form }) => `(?:${form.source})`).join('|')})(?![A-Za-z0-9_])`, 'iy')

/** A national id with letters in it. */
export interface CodeReading {
  readonly rule: CodeRule
  readonly start: number
  readonly end: number
  readonly code: string
}

/** The code that begins at `start`, or null. */
export function readCode(text: string, start: number, countries: Countries): CodeReading | null {
  anyCode.lastIndex = start
  if (!anyCode.test(text)) return null
  for (const { rule, form } of codes) {
    if (countries && !countries.has(countryOf(rule.name))) continue
    form.lastIndex = start
    const written = form.exec(text)?.[0]
    if (written === undefined) continue
    const code = written.toUpperCase().replace(/[ -]/g, '')
    if (rule.isValid(code)) return { rule, start, end: start + written.length, code }
  }
  return null
}
