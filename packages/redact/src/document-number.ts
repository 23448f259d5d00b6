import type { Span } from './personal-data-type.ts'
import type { Stretch } from './stretch.ts'

const minimumLength = 5
const maximumLength = 20
const minimumDigits = 3

/**
 * The number of a passport or driving licence that holds the word from `start` to `end`, told by the words before it; null
 * where they tell nothing of the kind.
 */
export function documentNumberAt(stretch: Stretch, start: number, end: number): Span | null {
  if (!stretch.says('passport') && !stretch.says('licence')) return null
  const { text } = stretch
  const word = stretch.kindBefore(stretch.start, start)
  if (word !== 'passport' && word !== 'licence') return null
  const last = word === 'licence' ? joinedEnd(text, end) : end
  const written = text.slice(start, last)
  const value = written.toUpperCase().replace(/[^A-Z0-9]/g, '')
  if (value.length < minimumLength || value.length > maximumLength || digitsIn(value) < minimumDigits) return null
  if (date.test(written)) return null
  const type = word === 'passport' ? 'PASSPORT' : 'DRIVING_LICENCE'
  return {
    start,
    end: last,
    type,
    detector: word === 'passport' ? 'passport-words' : 'licence-words',
    score: 0.6,
    value,
  }
}

const date = /^(?:(?:19|20)\d\d[-.]\d\d?[-.]\d\d?|\d\d?[-.]\d\d?[-.](?:19|20)\d\d)$/
const next = /[- ][A-Za-z]{0,3}\d[A-Za-z0-9]{0,8}(?![A-Za-z0-9])/y

/** Takes in further groups with a digit, as in `D123-4567-8901`. */
function joinedEnd(text: string, end: number): number {
  let last = end
  for (let groups = 0; groups < 5; groups++) {
    next.lastIndex = last
    if (!next.test(text)) break
    last = next.lastIndex
  }
  return last
}

function digitsIn(value: string): number {
  return value.replace(/\D/g, '').length
}
