import type { FieldRedactor } from './field-redactor.ts'

const blockCharacters = 64 * 1024
const maxBlockCharacters = 1024 * 1024

/**
 * Redacts plain text block by block. Blocks end where nothing reads on: at an empty line, else at a line end, else at white
 * space. Only in a megabyte without any is a word cut in two.
 */
export async function* redactPlainText(
  pieces: AsyncIterable<string>,
  redactor: FieldRedactor,
): AsyncGenerator<string, void, undefined> {
  let rest = ''
  const redact = (block: string): string => {
    redactor.nextRecord()
    return redactor.text(block, '')
  }
  for await (const piece of pieces) {
    rest += piece
    for (let end = blockEnd(rest); end > 0; end = blockEnd(rest)) {
      yield redact(rest.slice(0, end))
      rest = rest.slice(end)
    }
  }
  if (rest !== '') yield redact(rest)
}

/** Where a block can end; 0 where more has to be read. */
function blockEnd(text: string): number {
  if (text.length < blockCharacters) return 0
  const end = lastOf(text, /\r?\n[\t ]*\r?\n/g) || lastOf(text, /\n/g)
  if (end > 0 || text.length < maxBlockCharacters) return end
  return lastOf(text, /\s/g) || wholeCharacters(text, maxBlockCharacters)
}

function lastOf(text: string, pattern: RegExp): number {
  let end = 0
  for (const match of text.matchAll(pattern)) end = match.index + match[0].length
  return end
}

function wholeCharacters(text: string, end: number): number {
  const code = text.charCodeAt(end - 1)
  return code >= 0xd800 && code < 0xdc00 ? end - 1 : end
}
