import { element } from './element.ts'
import { linkOf, type TextPiece, textPieces } from './text-pieces.ts'

/** How the texts of a conversation are shown. */
export interface TextStyle {
  readonly redactedTypes: readonly string[]
  readonly query: RegExp | null
}

/** A text of the archive, isolated from what stands around it; links, redactions and invisible characters visible as such. */
export function shownText(text: string, { redactedTypes, query }: TextStyle): HTMLElement {
  return element('bdi', { class: 'said', dir: 'auto' }, ...textPieces(text, redactedTypes, query).map(shownPiece))
}

function shownPiece({ kind, text, found }: TextPiece): HTMLElement | string {
  const inner = found ? element('mark', {}, text) : text
  switch (kind) {
    case 'link':
      return element('a', { href: linkOf(text), target: '_blank', rel: 'noopener noreferrer' }, inner)
    case 'redaction':
      return element('span', { class: 'redaction', title: 'Redacted: this stands for what was there' }, inner)
    case 'invisible':
      return element('span', { class: 'invisible', title: 'A character that shows nothing' }, text)
    case 'text':
      return inner
  }
}
