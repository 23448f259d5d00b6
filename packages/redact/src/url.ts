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
  if (!scheme) return null
  terminator.lastIndex = position + 3
  let end = terminator.exec(text)?.index ?? text.length
  while (end > position + 3 && trailing.test(text.charAt(end - 1))) end--
  if (end === position + 3) return null
  const start = position - scheme.length
  return { start, end, type: 'URL', detector: 'pattern', value: text.slice(start, end) }
}
