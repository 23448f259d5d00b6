/** What a UTF-16 code unit is to a search for names: see {@link kindOf}. */
export type CharacterKind = typeof separator | typeof letter | typeof digit | typeof ideograph | typeof ignored

export const separator = 1
export const letter = 2
export const digit = 3
/** A letter of a script that writes no spaces between words, or glues particles on: each stands for itself. */
export const ideograph = 4
/** Part of the word around it, without weight of its own: diacritics, soft hyphens, zero-width characters. */
export const ignored = 5

// The zeros of all decimal digits in the Basic Multilingual Plane (Unicode general category Nd); each starts ten in a row.
const zeros = [
  0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
  0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
  0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
]

/** The {@link digitValue} of each code unit: for loops that cannot afford a call. */
export const digitValues: Int8Array = new Int8Array(0x10000).fill(-1)
for (const zero of zeros) for (let value = 0; value < 10; value++) digitValues[zero + value] = value

/** Source text of a character class body that holds every digit {@link digitValue} knows. */
export const digitClass: string = zeros
  .map((zero) => `${String.fromCharCode(zero)}-${String.fromCharCode(zero + 9)}`)
  .join('')

/** The value of a decimal digit of any script, -1 for everything else. */
export function digitValue(code: number): number {
  return digitValues[code] as number
}

/** Whether there is a decimal digit of any script in a text. */
export function hasDigit(text: string): boolean {
  return /\p{Nd}/u.test(text)
}

// Diacritics of Latin, Greek and Cyrillic, Arabic and Hebrew points, and what is invisible inside words. Vowel signs of
// Indic scripts are letters: without them, different words fall together.
const ignoredRanges: readonly (readonly [from: number, to: number])[] = [
  [0xad, 0xad],
  [0x300, 0x36f],
  [0x591, 0x5bd],
  [0x5bf, 0x5bf],
  [0x5c1, 0x5c2],
  [0x5c4, 0x5c5],
  [0x5c7, 0x5c7],
  [0x640, 0x640],
  [0x64b, 0x65f],
  [0x670, 0x670],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x200b, 0x200d],
  [0x2060, 0x2060],
  [0x20d0, 0x20ff],
  [0xfe00, 0xfe0f],
  [0xfe20, 0xfe2f],
  [0xfeff, 0xfeff],
]
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/** The {@link kindOf} of each code unit that was met before, 0 of the others: for loops that cannot afford a call. */
export const kinds: Uint8Array = new Uint8Array(0x10000)

/** Classifies one code unit. Surrogates count as ideographs, so that names in rare scripts match unit by unit. */
export function kindOf(code: number): CharacterKind {
  const known = kinds[code] as CharacterKind | 0
  if (known !== 0) return known
  const kind = classify(code)
  kinds[code] = kind
  return kind
}

function classify(code: number): CharacterKind {
  if (digitValue(code) >= 0) return digit
  if (code >= 0xd800 && code <= 0xdfff) return ideograph
  if (isIgnored(code)) return ignored
  const character = String.fromCharCode(code)
  if (!/[\p{L}\p{M}]/u.test(character)) return separator
  return unspaced.test(character) ? ideograph : letter
}

function isIgnored(code: number): boolean {
  return ignoredRanges.some(([from, to]) => code >= from && code <= to)
}

// Letters that compatibility decomposition leaves whole, in the spelling people type instead.
const spelled: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
  ى: 'ي',
  ة: 'ه',
}

const folds: (string | undefined)[] = new Array<string | undefined>(0x10000)

/** One code unit without case, width and diacritics: usually one character, none for what is ignored. */
export function foldUnit(code: number): string {
  const known = folds[code]
  if (known !== undefined) return known
  const value = digitValue(code)
  const folded = value >= 0 ? String(value) : foldCharacter(String.fromCharCode(code))
  folds[code] = folded
  return folded
}

function foldCharacter(character: string): string {
  let folded = ''
  for (const part of character.toLowerCase().normalize('NFKD').toLowerCase()) {
    if (!isIgnored(part.charCodeAt(0))) folded += spelled[part] ?? part
  }
  return folded
}

const ascii = /^[\0-\x7f]*$/

/** {@link foldUnit} over a string. */
export function fold(text: string): string {
  if (ascii.test(text)) return text.toLowerCase()
  let folded = ''
  for (let i = 0; i < text.length; i++) folded += foldUnit(text.charCodeAt(i))
  return folded
}
