import { nearest, usageError } from '@custody/pipeline'
import { didYouMean } from './did-you-mean.ts'

const areas = 'Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific'

/**
 * Names that Node knows but does not list: it lists `Asia/Calcutta`, and takes `Asia/Kolkata` too. They must be spelled as tzdata spells them,
 * since schedulers look the name up as a file.
 */
const unlisted = new RegExp(`^(?:${areas})(?:/[A-Z](?!\\w*[A-Z]{2})[A-Za-z]*(?:[_-][A-Za-z]+)*){1,2}$`)
const fixed = /^(?:UTC|Etc\/(?:UTC|GMT(?:[+-](?:[1-9]|1[0-4]))?))$/

/**
 * Checks that a name is a zone that every scheduler understands. Abbreviations are none (`IST` is India, Israel or Ireland), nor
 * are offsets (they know no daylight saving), nor names with other capitals than tzdata's.
 *
 * @throws CustodyError `SCHEDULE_TIME_ZONE`, with the nearest name
 */
export function checkZoneName(name: string): string {
  const listed = Intl.supportedValuesOf('timeZone')
  const known = listed.includes(name) || ((unlisted.test(name) || fixed.test(name)) && canonicalName(name) !== null)
  if (known) return name
  throw usageError(
    'SCHEDULE_TIME_ZONE',
    `The time zone ${quoted(name)} is not known.${didYouMean(suggest(name, listed))}`,
    'Name a zone of the IANA time zone database with its capitals, such as Europe/Berlin or America/New_York, or UTC.',
  )
}

function suggest(name: string, listed: readonly string[]): string | null {
  const canonical = canonicalName(name)
  // Also what abbreviations and old names such as US/Eastern stand for.
  if (canonical !== null && (listed.includes(canonical) || canonical === 'UTC')) {
    const spelled = name.toLowerCase().replace(/(?<=^|[/_-])[a-z]/g, (letter) => letter.toUpperCase())
    return canonicalName(spelled) !== null && unlisted.test(spelled) ? listedSpelling(spelled, listed) : canonical
  }
  if (name.includes('/')) return nearest(name, [...listed, 'UTC'])
  const cities = new Map(listed.map((zone) => [zone.slice(zone.lastIndexOf('/') + 1), zone]))
  const city = nearest(name.replaceAll(' ', '_'), [...cities.keys(), 'UTC'])
  return city === null ? null : (cities.get(city) ?? city)
}

function listedSpelling(name: string, listed: readonly string[]): string {
  return listed.find((zone) => zone.toLowerCase() === name.toLowerCase()) ?? name
}

function canonicalName(name: string): string | null {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    return null
  }
}

function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 60))
}
