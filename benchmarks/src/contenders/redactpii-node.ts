import { Redactor } from '@redactpii/node'
import type { Contender } from './contender.ts'
import { findInPlace, type Rule } from './in-place.ts'

const types: Readonly<Record<string, string>> = {
  CREDIT_CARD: 'CARD',
  EMAIL: 'EMAIL',
  PERSON_NAME: 'NAME',
  PHONE_NUMBER: 'PHONE',
  US_SOCIAL_SECURITY_NUMBER: 'NATIONAL_ID',
}

/** `@redactpii/node` as it comes: all its rules, and no report to any server. */
export function redactpiiNode(): Contender {
  const redactor = new Redactor()
  // It tells no offsets; its rules are where it keeps them.
  const { activeRules } = redactor as unknown as { activeRules: readonly { pattern: RegExp; name: string }[] }
  const rules: readonly Rule[] = activeRules.map(({ pattern, name }) => ({ pattern, type: types[name] ?? name }))
  const redactNow = (text: string): string => redactor.redact(text)
  return {
    name: '@redactpii/node',
    types: new Set(Object.values(types)),
    find: async (text) => findInPlace(text, rules),
    redact: async (text) => redactNow(text),
    redactNow,
  }
}
