import { fold } from './characters.ts'
import { commonWords, nameTitles } from './common-words.ts'
import { normaliseEmail } from './email.ts'
import { normaliseName } from './names.ts'
import type { Span } from './personal-data-type.ts'
import { endOfPhrase, tokensOf } from './phrase-matcher.ts'
import type { TextDetector } from './text-detector.ts'
import { TokenCursor } from './token-cursor.ts'
import { keyOfTokens, TokenTable } from './token-table.ts'

/** People that an organisation knows beyond a single conversation. */
export interface PeopleListEntries {
  /** Full names: "Ada Lovelace", also "Lovelace, Ada". */
  readonly names?: Iterable<string>
  readonly emails?: Iterable<string>
  /** In one piece: "12 Main St, 90210 Beverly Hills". */
  readonly addresses?: Iterable<string>
}

/** Finds everybody on a list, in time linear in the text, however long the list is. */
export interface PeopleList extends TextDetector {
  /** Entries that are searched. */
  readonly size: number
  /** Entries that say too little by themselves, as a first name alone, and are not searched. */
  readonly skipped: number
}

type Kind = 'NAME' | 'EMAIL' | 'ADDRESS'

/**
 * Makes a list of people ready for searching: names in both orders, with or without the middle ones, in any case, with or
 * without diacritics; e-mail addresses and postal addresses as they stand, however they are punctuated.
 *
 * A name is only ever found whole: a list of first names would take "Will", "May" and "Grace" out of every text. Names that
 * are made of ordinary words only are found where they are written with capitals.
 */
export function createPeopleList({ names = [], emails = [], addresses = [] }: PeopleListEntries): PeopleList {
  const listed = new Listed()
  for (const name of names) listed.addName(name)
  for (const email of emails) listed.addWhole('EMAIL', email, email.indexOf('@') > 0 ? 2 : Infinity)
  for (const address of addresses) listed.addWhole('ADDRESS', address, anyDigit.test(address) ? 3 : Infinity)
  return {
    name: 'people-list',
    size: listed.texts.length,
    skipped: listed.skipped,
    find: (text) => listed.find(text),
  }
}

const anyDigit = /\p{N}/u
/** Names and addresses of more words than any. */
const maximumTokens = 64

class Listed {
  readonly texts: string[] = []
  skipped = 0
  readonly #kinds: Kind[] = []
  readonly #table = new TokenTable()
  readonly #hashes = new Int32Array(maximumTokens)
  readonly #other = new Int32Array(maximumTokens)

  addWhole(kind: Kind, text: string, minimum: number): void {
    const length = this.#read(new TokenCursor(text), maximumTokens)
    if (this.#takes(kind, text, length >= minimum)) this.#table.add(this.#hashes, length, this.texts.length - 1)
  }

  addName(text: string): void {
    const length = this.#read(new TokenCursor(withoutTitle(text)), maximumTokens)
    if (!this.#takes('NAME', text, length >= 2)) return
    const hashes = this.#hashes
    const other = this.#other
    const first = hashes[0] as number
    const last = hashes[length - 1] as number
    const entry = this.texts.length - 1
    this.#table.add(hashes, length, entry)
    other.set(hashes.subarray(0, length - 1), 1)
    other[0] = last
    this.#table.add(other, length, entry)
    // Parts of a word with digits in it are none of the name's.
    if (length === 2 || anyDigit.test(text)) return
    other.set(hashes.subarray(1, length))
    other[length - 1] = first
    this.#table.add(other, length, entry)
    other[0] = first
    other[1] = last
    this.#table.add(other, 2, entry)
    other[0] = last
    other[1] = first
    this.#table.add(other, 2, entry)
  }

  find(text: string): readonly Span[] {
    let spans: Span[] | undefined
    for (const cursor = new TokenCursor(text); cursor.next(); ) {
      if (!this.#table.mayBegin(cursor.hash)) continue
      const { start } = cursor
      const length = this.#read(new TokenCursor(text, start), keyOfTokens)
      const span = this.#longestAt(text, start, this.#table.candidates(this.#hashes, length))
      if (!span) continue
      spans ??= []
      spans.push(span)
      cursor.end = span.end
    }
    return spans ?? nobody
  }

  #takes(kind: Kind, text: string, isTelling: boolean): boolean {
    if (isTelling) {
      this.texts.push(text)
      this.#kinds.push(kind)
    } else this.skipped += 1
    return isTelling
  }

  #read(cursor: TokenCursor, limit: number): number {
    let length = 0
    while (length < limit && cursor.next()) this.#hashes[length++] = cursor.hash
    return length
  }

  #longestAt(text: string, start: number, candidates: readonly number[]): Span | null {
    let best: Span | null = null
    for (const entry of candidates) {
      const kind = this.#kinds[entry] as Kind
      const written = this.texts[entry] as string
      const end = endOf(text, start, kind, written)
      if (end > (best?.end ?? start)) best = spanOf(start, end, kind, written)
    }
    return best
  }
}

const nobody: readonly Span[] = []

const title = /^\s*(?:dr|mr|mrs|ms|miss|prof|frau|herr|sir|mme|sr|sra)\b\.?(?=\s)/i

function withoutTitle(name: string): string {
  return title.test(name) ? name.replace(title, '') : name
}

/** Hashes agree; do the letters? */
function endOf(text: string, start: number, kind: Kind, written: string): number {
  if (kind !== 'NAME') return endOfPhrase(text, start, { tokens: tokensOf(written), isUnbroken: kind === 'EMAIL' })
  const tokens = tokensOf(withoutTitle(written))
  const [first = '', ...rest] = tokens
  const last = tokens.at(-1) as string
  const orders = [tokens, [last, ...tokens.slice(0, -1)], [...rest, first], [first, last], [last, first]]
  const end = Math.max(...orders.map((order) => endOfPhrase(text, start, { tokens: order })))
  if (end < 0) return end
  const isOrdinary = tokens.every((token) => commonWords.has(token) || nameTitles.has(token))
  return isOrdinary && !isCapitalised(text.slice(start, end)) ? -1 : end
}

function isCapitalised(written: string): boolean {
  const words = written.split(/[^\p{L}\p{M}]+/u).filter((word) => word !== '')
  return words.every((word) => word.charAt(0) !== word.charAt(0).toLowerCase())
}

function spanOf(start: number, end: number, kind: Kind, text: string): Span {
  const value =
    kind === 'NAME' ? normaliseName(text) : kind === 'EMAIL' ? normaliseEmail(text) : fold(tokensOf(text).join(' '))
  return { start, end, type: kind, detector: 'people-list', score: kind === 'NAME' ? 0.9 : 1, value }
}

/**
 * Reads a list of people from text, one entry a line: with an @ it is an e-mail address, with a digit a postal address, a name
 * otherwise. Empty lines and lines that begin with # are left out.
 */
export function readPeopleList(text: string): PeopleList {
  const names: string[] = []
  const emails: string[] = []
  const addresses: string[] = []
  for (const line of text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)) {
    const entry = line.trim()
    if (entry === '' || entry.startsWith('#')) continue
    if (entry.includes('@')) emails.push(entry)
    else if (/\p{N}/u.test(entry)) addresses.push(entry)
    else names.push(entry)
  }
  return createPeopleList({ names, emails, addresses })
}
