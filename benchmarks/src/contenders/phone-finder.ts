import { findPhoneNumbersInText } from 'libphonenumber-js'
import type { Contender } from './contender.ts'

/** The finder of libphonenumber-js, for numbers only. Those without a calling code are read as of the United States. */
export function phoneFinder(): Contender {
  const find = (text: string): readonly { readonly startsAt: number; readonly endsAt: number }[] =>
    findPhoneNumbersInText(text, 'US')
  const redactNow = (text: string): string => {
    let redacted = ''
    let from = 0
    for (const { startsAt, endsAt } of find(text)) {
      redacted += `${text.slice(from, startsAt)}[PHONE]`
      from = endsAt
    }
    return redacted + text.slice(from)
  }
  return {
    name: 'libphonenumber',
    types: new Set(['PHONE']),
    find: async (text) => find(text).map(({ startsAt, endsAt }) => ({ start: startsAt, end: endsAt, type: 'PHONE' })),
    redact: async (text) => redactNow(text),
    redactNow,
  }
}
