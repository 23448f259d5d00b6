import { kindOf, separator } from './characters.ts'
import type { Span } from './personal-data-type.ts'

const forms =
  /(?:[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})(?![0-9a-z_]|[:.-][0-9a-f])/iy

/** The MAC address (EUI-48) that begins at `start`, or null: six pairs, or three groups of four with dots. */
export function macAddressAt(text: string, start: number): Span | null {
  const third = text.charCodeAt(start + 2)
  if (third !== colon && third !== hyphen && text.charCodeAt(start + 4) !== dot) return null
  // A pair of a longer row.
  if (start > 1 && isJoin(text.charCodeAt(start - 1)) && kindOf(text.charCodeAt(start - 2)) !== separator) return null
  forms.lastIndex = start
  const written = forms.exec(text)?.[0]
  if (written === undefined) return null
  // Three numbers with dots are none: at least one letter.
  if (written[4] === '.' && !/[a-f]/i.test(written)) return null
  const value = written.toLowerCase().replace(/[^0-9a-f]/g, '')
  return { start, end: start + written.length, type: 'MAC_ADDRESS', detector: 'mac-address', score: 1, value }
}

const colon = 0x3a
const hyphen = 0x2d
const dot = 0x2e

function isJoin(code: number): boolean {
  return code === colon || code === hyphen || code === dot
}
