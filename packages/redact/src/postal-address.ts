import { kindOf, letter } from './characters.ts'
import type { DigitGroup } from './digit-groups.ts'
import type { Span } from './personal-data-type.ts'
import type { Stretch } from './stretch.ts'

const maximumDigits = 5
const space = 0x20
const comma = 0x2c
const dot = 0x2e
const window = 60

// Kinds of streets: behind the name in English, before it in Romance languages, at its end in Germanic ones.
const suffixes =
  'Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Terrace|Parkway|Pkwy|Highway|Hwy|Crescent|Cres|Circle|Gardens|Grove'
const prefixes = anyCase(
  'rue avenue boulevard allée chemin impasse quai route calle avenida avda paseo plaza via viale corso piazza rua travessa praça largo ulica',
)
const endings = anyCase(
  'straße strasse str weg gasse allee platz ufer straat laan gracht plein kade gatan vägen gade vej veien katu',
)

const capital = "\\p{Lu}[\\p{L}'’-]{1,24}"
const article = /^(?:d[aeou]|d[ao]s|de[ils]|della|l[ae]s?|los|el|[dl]'.*)$/
const articles = "(?:(?:de|du|des|del|della|dei|do|da|dos|das|la|le|les|las|los|el) |d'|l'){0,2}"
/** The shortest ending, and what tells the longer ones. */
const lettersOfEnding = 3
const unit = '(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor)\\.? ?#?[A-Z0-9-]{1,6})?'
const state = `(?:,? ${capital}(?: ${capital}){0,2},? [A-Z]{2},? \\d{5}(?:-\\d{4})?)?`

/** 123 North Main St, Apt. 4, Springfield, IL 62704 */
const english = new RegExp(
  `[A-Z]? (?:(?:[NSEW]\\.?|${capital}|\\d{1,3}(?:st|nd|rd|th)) ){1,3}(?:${suffixes})(?![\\p{L}\\p{Nd}])\\.?${unit}${state}`,
  'uy',
)
/** 12 bis, rue de la Paix */
const numberFirst = new RegExp(`(?: ?(?:bis|ter))?,? (?:${prefixes}) ${articles}${capital}(?: ${capital}){0,2}`, 'uy')
/** Hauptstraße 12a, Calle de Alcalá 5 */
const numberLast = new RegExp(
  `(?<![\\p{L}\\p{Nd}])(?:\\p{Lu}[\\p{L}.-]{2,24}(?:(?<=\\p{L}{3})|[ -])(?:${endings})\\.?|(?:${prefixes}) ${articles}${capital}(?: ${capital}){0,2}),? $`,
  'u',
)
const town = /[a-z]?(?:,? \d{4,5} \p{Lu}[\p{L}-]{2,24})?(?![\p{L}\p{Nd}])/uy

/** The street and house number around a group of digits, with unit and town where they follow; null for none. */
export function addressAt(stretch: Stretch, { start, end, digits, separator }: DigitGroup, from: number): Span | null {
  if (digits.length > maximumDigits || isJoined(separator)) return null
  const { text, end: limit } = stretch
  if (isCapital(text.charCodeAt(end + 1)) || isCapital(text.charCodeAt(end + 2))) {
    english.lastIndex = end
    if (english.test(text) && english.lastIndex <= limit)
      return address(text, start, english.lastIndex, 'address-english')
  }
  const next = text.charCodeAt(end)
  if ((next === space && isLetter(text, end + 1)) || (next === comma && isLetter(text, end + 2))) {
    numberFirst.lastIndex = end
    if (numberFirst.test(text) && numberFirst.lastIndex <= limit) {
      return address(text, start, numberFirst.lastIndex, 'address-number-first')
    }
  }
  if (text.charCodeAt(start - 1) !== space || !mayBeStreet(text, start, from)) return null
  const match = numberLast.exec(text.slice(Math.max(from, start - window), start))
  if (!match) return null
  town.lastIndex = end
  const last = town.test(text) && town.lastIndex <= limit ? town.lastIndex : end
  return address(text, start - match[0].length, last, 'address-number-last')
}

const lastLetters: ReadonlySet<string> = new Set(endings.split('|').map((ending) => ending.slice(-lettersOfEnding)))
const leadingWords: ReadonlySet<string> = new Set(prefixes.split('|'))
const joins: ReadonlySet<number> = new Set([0x27, 0x2d, 0x2019])

/**
 * Whether what stands before a number may be a street, by the last letters of one word or the first of several: the
 * expression that finds out tries every place before the number.
 */
function mayBeStreet(text: string, start: number, from: number): boolean {
  let wordEnd = start - 1
  if (text.charCodeAt(wordEnd - 1) === comma) wordEnd--
  const lettersEnd = text.charCodeAt(wordEnd - 1) === dot ? wordEnd - 1 : wordEnd
  const last = text.charCodeAt(lettersEnd - 1)
  if (kindOf(last) !== letter && !joins.has(last)) return false
  if (lastLetters.has(text.slice(lettersEnd - lettersOfEnding, lettersEnd))) return true
  const limit = Math.max(from, start - window)
  let partEnd = wordEnd
  for (let at = wordEnd; at > limit; at--) {
    const before = text.charCodeAt(at - 1)
    if (kindOf(before) === letter) continue
    if (leadingWords.has(text.slice(at, partEnd))) return true
    partEnd = at - 1
    if (joins.has(before)) continue
    if (before !== space || !(isCapital(text.charCodeAt(at)) || article.test(text.slice(at, wordEnd)))) return false
    wordEnd = at - 1
  }
  return leadingWords.has(text.slice(limit, partEnd))
}

/** An ASCII letter: all kinds of streets begin with one. */
function isLetter(text: string, at: number): boolean {
  const lower = text.charCodeAt(at) | 0x20
  return lower >= 0x61 && lower <= 0x7a
}

function isCapital(code: number): boolean {
  if (code < 0x80) return code >= 0x41 && code <= 0x5a
  return kindOf(code) === letter && /^\p{Lu}$/u.test(String.fromCharCode(code))
}

function address(text: string, start: number, end: number, detector: string): Span {
  const value = text
    .slice(start, end)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
  return { start, end, type: 'ADDRESS', detector, score: 0.7, value }
}

function anyCase(words: string): string {
  return words
    .split(' ')
    .flatMap((word) => [word, word.charAt(0).toUpperCase() + word.slice(1)])
    .join('|')
}

/** Whether the number is a part of a date, a time or the like. */
function isJoined(separator: string): boolean {
  return separator.length === 1 && separator !== ' ' && separator !== ',' && separator !== '\n'
}
