import { ideograph, kindOf, letter } from './characters.ts'
import type { DigitChain, DigitGroup } from './digit-groups.ts'
import { isDate } from './number-shape.ts'
import type { Span } from './personal-data-type.ts'
import type { Stretch } from './stretch.ts'

// Names of months in the languages of large markets, by what begins them.
const months = `jan(?:uary|uar|vier|eiro|v|uari)?|jän(?:ner)?|ene(?:ro)?|gen(?:naio)?|feb(?:ruary|ruar|raio|rero|braio|ruari)?|fév(?:rier)?|fev(?:ereiro)?|mar(?:ch|zo|ço|s)?|mär(?:z)?|maart|mrt|apr(?:il|ile)?|avr(?:il)?|abr(?:il)?|may|mai|mei|maj|mayo|maio|maggio|june?|juni?|juin|junho|junio|giu(?:gno)?|july?|juli?|juil(?:let)?|julho|julio|lug(?:lio)?|aug(?:ust|ustus|usti)?|août|ago(?:sto)?|sept?(?:ember|embre|iembre)?|set(?:embro|tembre)?|o[ck]t(?:ober|obre|ubre)?|out(?:ubro)?|ott(?:obre)?|nov(?:ember|embre|iembre|embro)?|de[cz](?:ember|embre|embro)?|déc(?:embre)?|dic(?:iembre|embre)?`
const dayFirst = new RegExp(
  `(?:st|nd|rd|th|er|º|\\.)?[ ,-]{1,2}(?:of |de )?(?:${months})[.,]?(?: de| of)?[ ,-]{1,2}\\d{2,4}(?!\\d)`,
  'iuy',
)
const monthBefore = new RegExp(`(?<![\\p{L}\\p{Nd}])(?:${months})\\.? $`, 'iu')
const yearBehind = /(?:st|nd|rd|th)?,? (?:19|20)\d\d(?!\d)/iy
const yearFirst = /(?:年|년 ?)\d{1,2}(?:月|월 ?)\d{1,2}[日일]/y
const longestMonth = 11

/**
 * The date of birth that begins with the group `index` of a chain, told by the words before it: in figures, or with the
 * name of the month. Null for other dates. Nothing before `from` counts.
 */
export function birthDateAt(stretch: Stretch, chain: DigitChain, index: number, from: number): Span | null {
  const group = chain[index] as DigitGroup
  if (group.digits.length > 4 || !stretch.says('birth')) return null
  const written = isDate(chain, index) ? figures(chain, index) : inWords(stretch, group, from)
  if (!written || stretch.kindBefore(from, written.start) !== 'birth') return null
  const value = stretch.text
    .slice(written.start, written.end)
    .toLowerCase()
    .replace(/[^\p{L}\p{Nd}]+/gu, '-')
  return { ...written, type: 'DATE_OF_BIRTH', detector: 'birth-words', score: 0.8, value }
}

function figures(chain: DigitChain, index: number): { start: number; end: number } {
  return { start: (chain[index] as DigitGroup).start, end: (chain[index + 2] as DigitGroup).end }
}

function inWords(
  { text, end: limit }: Stretch,
  { start, end, digits }: DigitGroup,
  from: number,
): { start: number; end: number } | null {
  const form = digits.length === 4 ? yearFirst : digits.length <= 2 ? dayFirst : null
  if (!form || end >= limit) return null
  form.lastIndex = end
  if (hasLetterBehind(text, end) && form.test(text))
    return form.lastIndex <= limit ? { start, end: form.lastIndex } : null
  if (digits.length > 2 || text[start - 1] !== ' ' || !isLetterAt(text, start - 2)) return null
  yearBehind.lastIndex = end
  if (!yearBehind.test(text) || yearBehind.lastIndex > limit) return null
  const month = monthBefore.exec(text.slice(Math.max(from, start - longestMonth - 1), start))
  return month ? { start: start - month[0].length, end: yearBehind.lastIndex } : null
}

/** Within three characters: the name of a month, or what is glued to a day. */
function hasLetterBehind(text: string, end: number): boolean {
  for (let at = end; at < end + 3; at++) {
    const kind = kindOf(text.charCodeAt(at))
    if (kind === letter || kind === ideograph) return true
  }
  return false
}

/** A letter, or the full stop of a month that is cut short. */
function isLetterAt(text: string, index: number): boolean {
  return text[index] === '.' || kindOf(text.charCodeAt(index)) === letter
}
