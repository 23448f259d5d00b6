import { fold } from './characters.ts'
import { commonWords, nameParticles, nameplates, nameTitles } from './common-words.ts'
import { type Phrase, type Strength, tokensOf } from './phrase-matcher.ts'

/** The normalised value of a name: its parts folded, in alphabetical order, without titles. */
export function normaliseName(name: string): string {
  const parts = wordsOf(fold(name)).filter((word) => !nameTitles.has(word))
  return parts.every(isUnspaced) ? parts.join('') : parts.toSorted().join(' ')
}

/** Whether a name field holds what stands there when nobody gave a name. */
export function isNameplate(name: string): boolean {
  return nameplates.has(wordsOf(fold(name)).join(' '))
}

/**
 * What to search for somebody of this name: each part by itself, in the spellings people use for it, and the parts written
 * together. Parts that stand together are joined by the matcher, in any order.
 */
export function namePhrases(name: string, type: 'NAME' | 'AGENT', value: string): Phrase[] {
  const words = wordsOf(name)
  const phrases: Phrase[] = []
  const add = (token: string, strength: Strength): void => {
    const tokens = tokensOf(token)
    if (tokens.length > 0) phrases.push({ tokens, type, value, strength })
  }
  // Somebody may be called Miss.
  const isTitled = words.some((word) => !nameTitles.has(fold(word)))
  for (const [index, word] of words.entries()) {
    const isOuter = index === 0 || index === words.length - 1
    const strength = isTitled && nameTitles.has(fold(word)) ? 'particle' : strengthOf(word, isOuter)
    add(word, strength)
    if (isUnspaced(word)) for (const part of guessedParts(word)) add(part, 'strong')
    else if (strength === 'strong' || strength === 'word') {
      add(String.fromCodePoint(word.codePointAt(0) ?? 0), 'initial')
      for (const spelling of spellingsOf(word)) add(spelling, strength)
    }
  }
  const letters = words.filter((word) => !nameTitles.has(fold(word)))
  if (letters.length > 1) {
    add(letters.join(''), 'strong')
    add(letters.toReversed().join(''), 'strong')
    if (letters.length > 2) add(`${letters[0]}${letters.at(-1)}`, 'strong')
  }
  return phrases
}

function strengthOf(word: string, isOuter: boolean): Strength {
  const folded = fold(word)
  if (isUnspaced(word)) return [...word].length > 1 ? 'strong' : 'initial'
  if (nameParticles.has(folded) && !(isOuter && isCapitalised(word)))
    return isCapitalised(word) ? 'initial' : 'particle'
  if ([...folded].length === 1) return 'initial'
  if (commonWords.has(folded) || nameParticles.has(folded) || nameTitles.has(folded)) return 'word'
  return [...folded].length > 2 ? 'strong' : 'word'
}

function isCapitalised(word: string): boolean {
  return word.charAt(0) !== word.charAt(0).toLowerCase()
}

/** Words of letters; digits, emoji and punctuation are no parts of a name. */
function wordsOf(name: string): string[] {
  return name.match(/[\p{L}\p{M}\u200b-\u200d\u00ad]+/gu) ?? []
}

function isUnspaced(word: string): boolean {
  // Thai is the first of these scripts in Unicode.
  return (
    word.charCodeAt(0) >= 0xe00 &&
    /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{M}ー]+$/u.test(
      word,
    )
  )
}

/** Family and given name of an East Asian name written without a space, by the usual lengths of the two. */
function guessedParts(word: string): string[] {
  if (!/^[\p{Script=Han}\p{Script=Hangul}]+$/u.test(word)) return []
  const characters = [...word]
  if (characters.length === 3) return [characters.slice(1).join('')]
  return characters.length === 4 ? [characters.slice(0, 2).join(''), characters.slice(2).join('')] : []
}

const umlauts: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', å: 'aa', ø: 'oe' }
// Words that are written together with the next one in Arabic and Hebrew: and, so, with, for, like; in, to, from, that, the.
const proclitics: readonly (readonly [script: RegExp, letters: string])[] = [
  [/^\p{Script=Arabic}{3,}$/u, 'وفبلك'],
  [/^\p{Script=Hebrew}{3,}$/u, 'ובלמשהכ'],
]

/** Other ways to write one word of a name. */
function spellingsOf(word: string): string[] {
  const spellings = new Set<string>()
  const lower = word.normalize('NFC').toLowerCase()
  spellings.add(lower.replace(/[äöüåø]/g, (umlaut) => umlauts[umlaut] ?? umlaut))
  spellings.add(lower.replace(/([aou])e/g, '$1'))
  // A genitive without apostrophe: Annas.
  if (/^\p{Script=Latin}{3,}$/u.test(lower)) spellings.add(`${lower}s`)
  for (const [script, letters] of proclitics) {
    if (script.test(lower)) for (const letter of letters) spellings.add(`${letter}${lower}`)
  }
  spellings.delete(lower)
  return [...spellings].filter((spelling) => fold(spelling).length > 2)
}
