import type { Window } from '@custody/model'

/** The default name of an archive: `<org>-<from>--<to>`, e.g. `acme-2026-10-01--2026-11-01`. */
export function archiveName(org: string, { from, to }: Window): string {
  return `${org}-${pathInstant(from)}--${pathInstant(to)}`
}

/** A date where the instant is midnight UTC, else the whole instant without colons: `2026-10-01T083000.000Z`. */
function pathInstant(instant: string): string {
  return instant.endsWith('T00:00:00.000Z') ? instant.slice(0, 10) : instant.replaceAll(':', '')
}
