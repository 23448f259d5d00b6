import type { Candidate, FindResult, NotSeen, Unusable } from '@custody/erasure'
import { count } from '../archive-job/progress.ts'
import { many } from './many.ts'

/** A candidate in words: what it is, and why it is here. */
export function candidateText(candidate: Candidate): { readonly label: string; readonly hint: string } {
  const { endUserId, reasons, isNear, channelType, channelName, hint, sessions, openSessions } = candidate
  const channel = [channelType ?? 'channel unknown', ...(channelName === null ? [] : [`(${channelName})`])].join(' ')
  const open = openSessions > 0 ? `, ${count(openSessions)} open` : ''
  const [first, last] = [candidate.firstSessionAt, candidate.lastSessionAt].map((at) => at?.slice(0, 10) ?? null)
  const times = first === null || last === null ? '' : `, ${first} to ${last}`
  return {
    label: [endUserId, channel, hint].filter((part) => part !== '').join('  '),
    hint: `${isNear ? 'near' : 'exact'}: ${reasons.join(', ')}; ${many(sessions, 'session')}${open}${times}`,
  }
}

/** What was found for a request, and what could not be looked for. */
export function findLines({ candidates, unusable, notSeen, missing }: FindResult): readonly string[] {
  return [
    ...candidates.map(candidateText).flatMap(({ label, hint }) => [`  ${label}`, `      ${hint}`]),
    ...missing.map(
      (id) => `  ${id}  is named in the request, and the org does not give it: unknown, deleted or hidden`,
    ),
    ...unusable.map(unusableLine),
    ...notSeen.map((code) => `  not looked through: ${notSeenText[code]} [${code}]`),
  ]
}

function unusableLine({ kind, number, why }: Unusable): string {
  const text =
    why === 'malformed'
      ? 'cannot be read, and was not looked for'
      : 'has no country code and nobody said of which country it is: near matches at most (erasure.phoneCountry)'
  return `  ${kind.replace('-', ' ')} number ${number} of the request ${text}`
}

const notSeenText: Readonly<Record<NotSeen, string>> = {
  contacts: 'contacts, which the execution user does not see',
  'contact-phone-fields': 'some phone fields of contacts, which the execution user does not see',
  'contact-email-fields': 'the e-mail field of contacts, which the execution user does not see',
  'near-contacts': 'contacts that are near matches: they are too many',
  'near-end-users': 'end users that are near matches: they are too many',
  'near-sessions': 'sessions linked to the contact of somebody else: they are too many',
  'session-contacts': 'contacts of sessions, which the execution user does not see',
}
