import type { Span } from './personal-data-type.ts'

const forms =
  /(?:[0-9a-f]{2}([:-])[0-9a-f]{2}(?:\1[0-9a-f]{2}){4}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})(?![0-9a-z_]|[:.-][0-9a-f])/iy

/** The MAC address (EUI-48) that begins at `start`, or null: six pairs, or three groups of four with dots. */
export function macAddressAt(text: string, start: number): Span | null {
  // A pair of a longer row.
  if (/[0-9a-z][:.-]$/i.test(text.slice(Math.max(0, start - 2), start))) return null
  forms.lastIndex = start
  const written = forms.exec(text)?.[0]
  if (written === undefined) return null
  // Three numbers with dots are none: at least one letter.
  if (written[4] === '.' && !/[a-f]/i.test(written)) return null
  const value = written.toLowerCase().replace(/[^0-9a-f]/g, '')
  return { start, end: start + written.length, type: 'MAC_ADDRESS', detector: 'mac-address', score: 1, value }
}
