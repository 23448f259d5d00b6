import { describe, expect, test } from 'vitest'
import { noIdentities } from './identities.ts'
import type { Rejected } from './personal-data-type.ts'
import { RewrittenTexts } from './rewritten-texts.ts'

const rejected: Rejected = { start: 0, end: 1, type: 'PHONE', detector: 'phone', reason: 'date' }
const others = { ...noIdentities }

describe('a text that comes again', () => {
  test('is rewritten once, and its rejected candidates are told each time', () => {
    const told: Rejected[] = []
    const texts = new RewrittenTexts((candidate) => told.push(candidate))
    let times = 0
    const rewrite = () => {
      times++
      texts.reject(rejected)
      return { text: 'b', replaced: [] }
    }
    for (let n = 0; n < 3; n++) expect(texts.of(noIdentities, '', 'a', rewrite).text).toBe('b')
    expect({ times, told: told.length }).toEqual({ times: 1, told: 3 })
  })

  test('is rewritten again for other people, and behind other words', () => {
    const texts = new RewrittenTexts()
    const of = (people: typeof noIdentities, before: string, text: string): string =>
      texts.of(people, before, text, () => ({ text: `${people === others}|${before}|${text}`, replaced: [] })).text
    for (let n = 0; n < 2; n++) {
      expect(of(noIdentities, '', '1')).toBe('false||1')
      expect(of(noIdentities, 'phone', '1')).toBe('false|phone|1')
      // No text is taken for another one with its beginning before it.
      expect(of(noIdentities, '', '5:phone1')).toBe('false||5:phone1')
      expect(of(noIdentities, 'phone1', '1')).toBe('false|phone1|1')
      expect(of(others, '', '1')).toBe('true||1')
    }
  })

  test('is not kept where it is long, nor are more than a thousand', () => {
    const texts = new RewrittenTexts()
    let times = 0
    const rewrite = (): { text: string; replaced: [] } => ({ text: String(times++), replaced: [] })
    const long = 'x'.repeat(10_001)
    texts.of(noIdentities, '', long, rewrite)
    texts.of(noIdentities, '', long, rewrite)
    expect(times).toBe(2)
    for (let n = 0; n < 1000; n++) texts.of(noIdentities, '', `text ${n}`, rewrite)
    texts.of(noIdentities, '', 'one more', rewrite)
    texts.of(noIdentities, '', 'text 0', rewrite)
    expect(times).toBe(2 + 1000 + 2)
  })
})
