import { type Email, type Phone, shortestNational } from './normalise.ts'

/** Whether two numbers are the same for sure. */
export function isSamePhone(a: Phone, b: Phone): boolean {
  return a.e164 !== null && a.e164 === b.e164
}

/** Whether one may be the other, mistyped or without its area: one digit differs, or the last seven are the same. */
export function isNearPhone(a: Phone, b: Phone): boolean {
  if (isSamePhone(a, b)) return false
  const lastSeven = (phone: Phone): string => phone.national.slice(-shortestNational)
  if (lastSeven(a).length === shortestNational && lastSeven(a) === lastSeven(b)) return true
  return differsByOne(a.national, b.national)
}

function differsByOne(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let differences = 0
  for (let at = 0; at < a.length && differences < 2; at++) if (a[at] !== b[at]) differences += 1
  return differences === 1
}

export function isSameEmail(a: Email, b: Email): boolean {
  return a.local === b.local && a.domain === b.domain
}

/** Whether one may be the other, mistyped: at the same domain, one letter of the local part more, less or another. */
export function isNearEmail(a: Email, b: Email): boolean {
  return a.domain === b.domain && a.local !== b.local && isOneEditAway(a.local, b.local)
}

/** Linear: what is alike at both ends is all but one character. */
function isOneEditAway(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [[...a], [...b]] : [[...b], [...a]]
  if (long.length - short.length > 1) return false
  let head = 0
  while (head < short.length && short[head] === long[head]) head += 1
  let tail = 0
  while (tail < short.length - head && short.at(-1 - tail) === long.at(-1 - tail)) tail += 1
  return long.length - head - tail === 1
}
