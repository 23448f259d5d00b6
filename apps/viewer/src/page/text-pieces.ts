/** A piece of a text as it is shown. */
export interface TextPiece {
  /**
   * - `link`: an https address.
   * - `redaction`: what redaction put in the place of something.
   * - `invisible`: a character that shows nothing and changes how others are read; `text` is its name.
   */
  readonly kind: 'text' | 'link' | 'redaction' | 'invisible'
  readonly text: string
  /** Whether it was searched for. */
  readonly found?: boolean
}

// Directions, joins and controls: what can make a text look like another one. Line feed and tab are shown as what they are.
const invisible = /(?!\r?\n|\t)[\p{Cc}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u
const names: Readonly<Record<string, string>> = {
  '\u061c': 'ALM',
  '\u200b': 'ZWSP',
  '\u200e': 'LRM',
  '\u200f': 'RLM',
  '\u202a': 'LRE',
  '\u202b': 'RLE',
  '\u202c': 'PDF',
  '\u202d': 'LRO',
  '\u202e': 'RLO',
  '\u2066': 'LRI',
  '\u2067': 'RLI',
  '\u2068': 'FSI',
  '\u2069': 'PDI',
  '\u00ad': 'SHY',
  '\ufeff': 'BOM',
}
// What emoji and several scripts are written with.
const harmless = /^(?:\u200c|\u200d|[\ufe00-\ufe0f]|[\u{e0020}-\u{e007f}]|[\u{e0100}-\u{e01ef}])$/u

/** Splits a text into what is shown differently. Joined, the pieces are the text, but for the names of invisible characters. */
export function textPieces(text: string, redactedTypes: readonly string[], query: RegExp | null): readonly TextPiece[] {
  return split(text, redactedTypes).flatMap((piece) => (query === null ? [piece] : marked(piece, query)))
}

/** An address as a link, or null: only https, and only one that is written out. */
export function linkOf(address: string | null): string | null {
  return address !== null && /^https:\/\/[^\s\p{Cc}\p{Bidi_Control}]+$/iu.test(address) && URL.canParse(address)
    ? address
    : null
}

function split(text: string, redactedTypes: readonly string[]): TextPiece[] {
  const pieces: TextPiece[] = []
  let last = 0
  for (const { 0: match, index } of text.matchAll(special(redactedTypes))) {
    const piece = pieceOf(match)
    if (piece === null) continue
    if (index > last) pieces.push({ kind: 'text', text: text.slice(last, index) })
    pieces.push(piece)
    last = index + (piece.kind === 'link' ? piece.text.length : match.length)
  }
  if (last < text.length) pieces.push({ kind: 'text', text: text.slice(last) })
  return pieces
}

function pieceOf(match: string): TextPiece | null {
  if (match.startsWith('[')) return { kind: 'redaction', text: match }
  if (/^https:/i.test(match)) {
    // What ends a sentence is no part of an address.
    const address = match.replace(/[.,;:!?'")\]}>]+$/, '')
    return linkOf(address) === null ? null : { kind: 'link', text: address }
  }
  return harmless.test(match) ? null : { kind: 'invisible', text: nameOf(match) }
}

function nameOf(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return names[character] ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}

/** Only types that were redacted in the conversation: people write brackets too. */
function special(redactedTypes: readonly string[]): RegExp {
  const types = redactedTypes.map(escaped).join('|')
  const redaction =
    redactedTypes.length === 0
      ? '(?!)'
      : `\\[(?:REDACTED|UNREAD|(?:Customer|Agent) [1-9]\\d{0,3}|(?:${types})(?:[:=][^\\[\\]\\p{Cc}]{1,64})?)\\]`
  return new RegExp(`${redaction}|\\bhttps://[^\\s<>"\\p{Bidi_Control}\\p{Cc}]{1,2000}|${invisible.source}`, 'giu')
}

function marked(piece: TextPiece, query: RegExp): TextPiece[] {
  // A link stays whole, or it would lead elsewhere.
  if (piece.kind !== 'text') return [piece.text.search(query) < 0 ? piece : { ...piece, found: true }]
  const pieces: TextPiece[] = []
  let last = 0
  for (const { 0: match, index } of piece.text.matchAll(query)) {
    if (match === '') continue
    if (index > last) pieces.push({ ...piece, text: piece.text.slice(last, index) })
    pieces.push({ ...piece, text: match, found: true })
    last = index + match.length
  }
  if (last < piece.text.length) pieces.push({ ...piece, text: piece.text.slice(last) })
  return pieces
}

/** What a search looks for, in any case, composed or not; null for nothing. */
export function toQuery(words: string): RegExp | null {
  const wanted = words.trim()
  if (wanted === '') return null
  const forms = new Set([wanted, wanted.normalize('NFC'), wanted.normalize('NFD')])
  return new RegExp([...forms].map(escaped).join('|'), 'giu')
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
