import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileRules } from './custom-patterns.ts'
import { parsePattern } from './parse-pattern.ts'
import { automatonOf } from './pattern-automaton.ts'
import { valuesOf } from './pattern-linearity.ts'
import type { PatternRule } from './pattern-rule.ts'
import { matchesIn } from './pattern-search.ts'

const rule = (match: string, more: Partial<PatternRule> = {}): PatternRule => ({
  name: 'customer',
  type: 'CUSTOMER_NUMBER',
  match,
  ...more,
})
const problem = (match: string): string | undefined => compileRules([rule(match)]).problems[0]?.message
const found = (match: string, text: string, more: Partial<PatternRule> = {}): string[] => {
  const { detectors, problems } = compileRules([rule(match, more)])
  expect(problems).toEqual([])
  return (detectors[0]?.find(text) ?? []).map(({ start, end }) => text.slice(start, end))
}

describe('a pattern is refused, with where and why', () => {
  test.each([
    ['(a+)+', 'at character 5: an unbounded quantifier stands inside another one'],
    ['(?:a*b)*c', 'at character 8: an unbounded quantifier stands inside'],
    ['(x{2,})*y', 'at character 8: an unbounded quantifier stands inside'],
    ['(a+){2,3}', 'at character 5: a count repeats an unbounded quantifier'],
    ['(a|a)*b', 'at character 6: alternatives that are repeated may begin alike'],
    ['(ab|a)+$', 'at character 7: alternatives'],
    ['(?:x(?:\\d|1a?)){2,}', 'at character 16: alternatives'],
    ['(a?)*b', 'at character 5: an unbounded quantifier repeats what may be empty'],
    ['\\d+\\d*', 'at character 6: two unbounded quantifiers may take the same'],
    ['\\w+\\s?\\d+', 'at character 9: two unbounded'],
    ['.*@.*x', 'at character 5: two unbounded'],
    ['(?:a+|b)(?:c|a+)', 'at character 15: two unbounded'],
    ['(a)\\1', 'at character 5: backreferences'],
    ['(?<x>a)\\k<x>', 'at character 9: backreferences'],
    ['a(?=b)', 'at character 4: lookahead'],
    ['a(?!b)', 'at character 4: lookahead'],
    ['(?<=a)b', 'at character 3: lookbehind'],
    ['(?<!a)b', 'at character 3: lookbehind'],
    ['(?i)a', 'at character 3: inline flags'],
    ['a{256}', 'at character 2: counts go up to 255'],
    ['a{1,999}', 'at character 2: counts go up to 255'],
    ['(a{200}){200}', 'at character 1: counts multiply to more than 1000'],
    ['a{3,2}', 'at character 2: this count matches nothing'],
    ['a**', 'at character 3: a quantifier after a quantifier'],
    ['*a', 'at character 1: nothing to repeat'],
    ['^*a', 'at character 2: nothing to repeat'],
    ['a{x}', 'at character 2: write a {'],
    ['(a', 'at character 1: a ( without its )'],
    ['a)', 'at character 2: a ) without its ('],
    ['[a', 'at character 1: a [ without its ]'],
    ['[[:alpha:]]', 'at character 2: write a [ in a class'],
    ['[a&&b]', 'at character 3: classes cannot be intersected'],
    ['[z-a]', 'at character 5: this range'],
    ['[😀]', 'characters beyond U+FFFF'],
    ['\\q', 'at character 2: this escape'],
    ['a\\', 'at character 3: a \\ at the end'],
    ['\\p{Nonsense}', 'this Unicode property is not known'],
    ['\\x1', 'a hexadecimal code is missing'],
    ['a*', 'the pattern matches the empty text'],
    ['\\b', 'the pattern matches the empty text'],
    ['()', 'the pattern matches the empty text'],
    [`${'('.repeat(40)}a${')'.repeat(40)}`, 'nested more than 30 deep'],
  ])('%s', (match, message) => expect(problem(match)).toContain(message))

  test('names and types that are taken or no names', () => {
    const rules = [
      rule('a'),
      rule('b'),
      rule('c', { name: 'x', type: 'EMAIL' }),
      rule('d', { name: 'y', type: 'lower' }),
    ]
    expect(compileRules(rules).problems).toMatchObject([
      { index: 1, field: 'name' },
      { index: 2, field: 'type', message: 'EMAIL is a built-in type' },
      { index: 3, field: 'type' },
    ])
  })
})

describe('a pattern finds', () => {
  test.each<[string, string, string[]]>([
    ['CUST-\\d{6}', 'CUST-123456, CUST-12345', ['CUST-123456']],
    ['\\bK\\d+\\b', 'K1 xK2 K3x K44', ['K1', 'K44']],
    ['^\\d+$', '123', ['123']],
    ['^\\d+$', '123\n', []],
    ['[A-Z]{2}(?:-\\d{3}){2}', 'AB-123-456-7', ['AB-123-456']],
    ['\\p{Lu}\\p{Ll}+', 'Ümit und Ärger', ['Ümit', 'Ärger']],
    ['[^@\\s]+@acme', 'a b@acme c', ['b@acme']],
    ['😀+!', 'x😀😀!', ['😀😀!']],
    ['a|ab', 'abab', ['ab', 'ab']],
    ['a+?b', 'aaab', ['aaab']],
    ['.', 'a\nb', ['a', 'b']],
    ['\\u0041\\x42\\t', 'AB\t', ['AB\t']],
    ['[\\]\\-x]+', 'a]-x', [']-x']],
  ])('%s in %j', (match, text, expected) => expect(found(match, text)).toEqual(expected))

  test('in any case, at each line, beside its words', () => {
    expect(found('straße', 'STRAßE Straße', { flags: 'i' })).toEqual(['STRAßE', 'Straße'])
    expect(found('[^a]b', 'Ab xB', { flags: 'i' })).toEqual(['xB'])
    expect(found('^\\d+$', '1\nx\n22', { flags: 'm' })).toEqual(['1', '22'])
    const words = { words: ['Vertrag', 'customer no'] }
    expect(found('\\d{5}', 'vertrag 12345', words)).toEqual(['12345'])
    expect(found('\\d{5}', '12345 is my Customer-No', words)).toEqual(['12345'])
    expect(found('\\d{5}', 'order 12345', words)).toEqual([])
    expect(found('\\d{5}', `vertrag ${'x '.repeat(40)} 12345`, words)).toEqual([])
  })
})

test('how many values a pattern has', () => {
  const values = (match: string): number => valuesOf(parsePattern(match))
  expect(values('\\d{4}')).toBe(10_000)
  expect(values('a|[bc]\\d?')).toBe(23)
  expect(values('a+')).toBe(Infinity)
})

// Small alphabets, so that random patterns and texts meet.
const atom = fc.constantFrom('a', 'b', '1', '.', '[ab]', '[^b]', '\\d', '\\w', '\\s', '\\b', '^', '$', 'a', ' ')
const patterns = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    atom,
    fc.tuple(tie('node'), tie('node')).map((parts) => parts.join('')),
    fc.tuple(tie('node'), tie('node')).map((parts) => `(?:${parts.join('|')})`),
    fc
      .tuple(tie('node'), fc.constantFrom('?', '+', '*', '{2}', '{1,3}', '{2,}'))
      .map(([body, count]) => `(?:${body})${count}`),
  ),
})).node
const accepted = patterns.filter((match) => problem(match) === undefined)
const smallTexts = fc.string({ unit: fc.constantFrom('a', 'b', '1', ' ', '\n', 'ä'), maxLength: 9 })

test('every character of every match, and no other, as the language’s own engine sees it', () => {
  fc.assert(
    fc.property(accepted, smallTexts, (match, text) => {
      const covered = new Set<number>()
      for (let start = 0; start < text.length; start++) {
        for (let end = start + 1; end <= text.length; end++) {
          const exactly = new RegExp(`(?:${match})(?=[^]{${text.length - end}}(?![^]))`, 'y')
          exactly.lastIndex = start
          if (exactly.exec(text)?.[0].length === end - start) for (let at = start; at < end; at++) covered.add(at)
        }
      }
      const spans = matchesIn(text, automatonOf(parsePattern(match)))
      const mine = new Set(spans.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i)))
      expect([...mine].sort()).toEqual([...covered].sort())
      for (const [index, { start }] of spans.entries()) expect(start).toBeGreaterThanOrEqual(spans[index - 1]?.end ?? 0)
    }),
    { numRuns: process.env['SLOW'] ? 20_000 : 1000 },
  )
})

type Three = [number, number, number]

test('time is linear in the text, whatever pattern was accepted', () => {
  // Counts what is read of the text in the place of looking at a clock.
  const readings = (match: string, text: string): number => {
    let read = 0
    const counted = new Proxy(new String(text), {
      get(target, key) {
        if (key !== 'charCodeAt') return Reflect.get(target, key, target)
        return (at: number) => {
          read++
          return target.charCodeAt(at)
        }
      },
    })
    matchesIn(counted as unknown as string, automatonOf(parsePattern(match)))
    return read
  }
  fc.assert(
    fc.property(accepted, fc.constantFrom('a', '1', 'ab', 'a1', ' ', 'a '), (match, unit) => {
      const [one, two, three] = [200, 400, 600].map((length) => readings(match, unit.repeat(length))) as Three
      // Each further piece costs what the one before it did: what the ends of a text cost falls out. Squares would cost 5 / 3.
      expect(three - two).toBeLessThanOrEqual(1.1 * (two - one) + 10)
    }),
    { numRuns: 200 },
  )
})
