import type { Span } from './personal-data-type.ts'

const schemes = ['https', 'http', 'ftps', 'ftp', 'sftp', 'wss', 'ws']

// Ends a link: white space, quotes, brackets that links do not hold unescaped, and the full stop of East Asian text.
const terminator = /[\s"'<>`{}|\\^[\]\u3000-\u3003\u3008-\u3011\uff0c\uff09]/g
const trailing = /[.,;:!?)*_~-]/

/** The link whose `://` has its colon at `position`, or null. */
export function urlAround(text: string, position: number): Span | null {
  if (!text.startsWith('://', position)) return null
  const before = text.slice(Math.max(0, position - 5), position).toLowerCase()
  const scheme = schemes.find((candidate) => before.endsWith(candidate))
  return scheme ? urlFrom(text, position - scheme.length, position + 3) : null
}

const host = /www\.[\p{L}\p{N}-]+\.\p{L}{2}/iuy

/** The link without a scheme that begins with the `www.` at `start`, or null. */
export function wwwAt(text: string, start: number): Span | null {
  host.lastIndex = start
  return host.test(text) ? urlFrom(text, start, start + 4) : null
}

function urlFrom(text: string, start: number, from: number): Span | null {
  terminator.lastIndex = from
  let end = terminator.exec(text)?.index ?? text.length
  while (end > from && trailing.test(text.charAt(end - 1))) end--
  if (end === from) return null
  return { start, end, type: 'URL', detector: 'url', score: 1, value: text.slice(start, end) }
}
