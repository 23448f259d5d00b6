import { soqlLike } from '../soql/soql-text.ts'
import { addressOf, type Email, type Phone, shortestNational } from './normalise.ts'

// Patterns of LIKE, with quotes. They let more through than matches; what comes is compared again.

/** A number between whatever people write between digits. */
export function phonePattern({ national }: Phone): string {
  return between([...national])
}

/** The fewest digits of which one may be left out of a pattern: with fewer, a good part of all numbers would come. */
const shortestMistyped = 8

/** Numbers that one digit less would be the same as, and those with the same last seven. */
export function nearPhonePatterns({ national }: Phone): readonly string[] {
  const digits = [...national]
  const mistyped = digits.length < shortestMistyped ? [] : digits.map((_, at) => between(digits.toSpliced(at, 1)))
  const lastSeven = digits.length < shortestNational ? [] : [between(digits.slice(-shortestNational))]
  return [...new Set([...mistyped, ...lastSeven])]
}

/** The same for keys that machines wrote, which hold nothing between the last seven. */
export function nearKeyPatterns(phone: Phone): readonly string[] {
  const digits = [...phone.national]
  const mistyped =
    digits.length < shortestMistyped
      ? []
      : digits.map((_, at) => `'%${digits.slice(0, at).join('')}_${digits.slice(at + 1).join('')}'`)
  return [...mistyped, ...(digits.length < shortestNational ? [] : [`'%${phone.national.slice(-shortestNational)}'`])]
}

function between(digits: readonly string[]): string {
  return `'%${digits.join('%')}%'`
}

/** An address within a platform key. */
export function emailInKeyPatterns(email: Email): readonly string[] {
  const address = addressOf(email)
  return [`'%${soqlLike(address)}'`, `'%${soqlLike(address.replace('@', '%40'))}'`]
}

/** Addresses whose local part is one letter away. */
export function nearEmailPatterns({ local, domain }: Email): readonly string[] {
  const letters = [...local]
  const at = (...parts: readonly string[]): string => `'${parts.join('')}@${soqlLike(domain)}'`
  const part = (from: number, to: number): string => soqlLike(letters.slice(from, to).join(''))
  const patterns = letters.flatMap((_, k) => [
    at(part(0, k), '_', part(k + 1, letters.length)),
    at(part(0, k), part(k + 1, letters.length)),
    at(part(0, k), '_', part(k, letters.length)),
  ])
  return [...new Set([...patterns, at(part(0, letters.length), '_')])]
}
