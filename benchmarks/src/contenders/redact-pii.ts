import './absent-parts.ts'
import { createRequire } from 'node:module'
import type { Contender } from './contender.ts'
import { findInPlace, type Rule } from './in-place.ts'

/** What its rules are for, in our words. What is not here it has a rule for that we have no type for. */
const types: Readonly<Record<string, string>> = {
  creditCardNumber: 'CARD',
  streetAddress: 'ADDRESS',
  phoneNumber: 'PHONE',
  ipAddress: 'IP_ADDRESS',
  usSocialSecurityNumber: 'NATIONAL_ID',
  emailAddress: 'EMAIL',
  url: 'URL',
  password: 'SECRET',
}

/** `redact-pii` as it comes, its own rules in its own order. */
export async function redactPii(): Promise<Contender> {
  const { SyncRedactor } = (await import('redact-pii')).default
  const redactor = new SyncRedactor()
  const patterns = createRequire(import.meta.url)('redact-pii/lib/built-ins/simple-regexp-patterns.js') as object
  const rules: readonly Rule[] = Object.entries(patterns)
    .filter(([, pattern]) => pattern instanceof RegExp)
    .map(([name, pattern]) => ({ pattern: pattern as RegExp, type: types[name] ?? name }))
  const redactNow = (text: string): string => redactor.redact(text)
  return {
    name: 'redact-pii',
    types: new Set(Object.values(types)),
    find: async (text) => findInPlace(text, rules),
    redact: async (text) => redactNow(text),
    redactNow,
  }
}
