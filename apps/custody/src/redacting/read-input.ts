import { readFileSync } from 'node:fs'
import { usageError } from '@custody/pipeline'
import { type PeopleList, readPeopleList } from '@custody/redact'

/** @throws CustodyError `REDACT_INPUT` of kind usage */
export function readInput(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw usageError(
      'REDACT_INPUT',
      `${what} ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      'Check the path and its permissions.',
    )
  }
}

/** The people of the organisation, where a list of them is named. */
export function peopleOf(flags: { readonly people?: string }): { readonly people?: PeopleList } {
  const people = peopleTextOf(flags)
  return people === null ? {} : { people: readPeopleList(people) }
}

/** The same as it was written. */
export function peopleTextOf({ people }: { readonly people?: string }): string | null {
  return people === undefined ? null : readInput(people, 'The list of people')
}

/** @throws CustodyError `OPTION_MALFORMED` of kind usage */
export function readShare(text: string, name: string): number {
  const share = /^(0(\.\d{1,6})?|1(\.0{1,6})?)$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isNaN(share)) return share
  throw usageError('OPTION_MALFORMED', `${name} needs a share from 0 to 1, not ${JSON.stringify(text.slice(0, 20))}.`)
}
