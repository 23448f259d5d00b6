import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isRawJson, parseJson } from './index.ts'

const digits = (maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { maxLength }).map((list) => list.join(''))
const nonZero = fc.integer({ min: 1, max: 9 }).map(String)

/** Numbers as JSON writers write them: plain decimals without idle zeros, of any length. */
const integerText = fc.oneof(
  nonZero,
  fc.tuple(nonZero, digits(40), nonZero).map((parts) => parts.join('')),
)
const decimalText = fc.oneof(
  fc.tuple(integerText, digits(40), nonZero).map(([whole, fraction, last]) => `${whole}.${fraction}${last}`),
  fc.tuple(nonZero, digits(40), nonZero).map((fraction) => `0.${fraction.join('')}`),
)
const numberText = fc.tuple(fc.constantFrom('', '-'), fc.oneof(integerText, decimalText)).map((parts) => parts.join(''))

/** JSON text as `JSON.stringify` would lay it out. Keys that look like an index would be reordered by any object. */
const jsonText = fc.letrec<{ value: string; key: string }>((tie) => ({
  key: fc
    .oneof(fc.constantFrom('__proto__', 'id', 'e'), fc.string())
    .filter((key) => !/^\d+$/.test(key))
    .map((key) => JSON.stringify(key)),
  value: fc.oneof(
    { maxDepth: 4 },
    numberText,
    fc.constantFrom('0', 'null', 'true', 'false', '""', '[]', '{}'),
    fc.string().map((text) => JSON.stringify(text)),
    fc.array(tie('value'), { maxLength: 5 }).map((items) => `[${items.join(',')}]`),
    fc
      .uniqueArray(fc.tuple(tie('key'), tie('value')), { maxLength: 5, selector: ([key]) => key })
      .map((members) => `{${members.map(([key, value]) => `${key}:${value}`).join(',')}}`),
  ),
})).value

describe('parseJson', () => {
  it('keeps the text of every number, wherever it stands and however long it is', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        expect(JSON.stringify(parseJson(text))).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })

  it('is JSON.parse for whatever a double can hold', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992],
    ['1736508081203', 1736508081203],
    ['0.1', 0.1],
    ['1.0', 1],
    ['1.7365080812030000E12', 1736508081203],
    ['1e21', 1e21],
    ['1000000000000000000000', 1e21],
    ['5e-324', 5e-324],
    ['0e99999', 0],
  ])('gives a number for %s, whose value a double holds', (text, value) => {
    expect(parseJson(`[${text}]`)).toEqual([value])
    expect(parseJson(text)).toBe(value)
  })

  it.each([
    '9007199254740993',
    '12345678901234567890',
    '0.1000000000000000055511151231257827',
    '1e400',
    '-1E+400',
    '1e-400',
    '1e99999999999999999999',
  ])('keeps %s, whose value a double does not hold', (text) => {
    for (const json of [text, `[${text}]`, `{"a":${text}}`, `[1,\n${text}\n]`]) {
      expect(JSON.stringify(parseJson(json))).toBe(json.replaceAll('\n', ''))
    }
    expect(isRawJson(parseJson(text))).toBe(true)
  })

  it('does not take an id in a string for a number', () => {
    const text = '{"subject":"v2/iamessage/UNAUTH/NA/uid:78e12345-4111 1111 1111 1111","card":"4111111111111111"}'
    expect(parseJson(text)).toEqual(JSON.parse(text))
  })

  it('makes own properties of hostile keys', () => {
    const value = parseJson('{"__proto__":{"polluted":12345678901234567890}}')
    expect(Object.keys(value as object)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })

  it('says where the mistake is and quotes nothing', () => {
    fc.assert(
      fc.property(
        fc.json(),
        fc.constantFrom('}', '"', ',', 'secret', ' at position 7'),
        fc.nat(),
        (json, noise, at) => {
          const text = `{"secret":${json}`.slice(0, at % 40) + noise
          try {
            parseJson(text)
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError)
            expect((error as Error).message).toMatch(/^Not valid JSON(?: at position \d+)? \(\d+ characters\)$/)
            expect((error as Error).cause).toBeUndefined()
          }
        },
      ),
    )
    expect(() => parseJson('{"phone at position 4917012345"')).toThrow('Not valid JSON at position 31 (31 characters)')
    expect(() => parseJson('{"a":"x", "at position 4917": y}')).toThrow('Not valid JSON (32 characters)')
    expect(() => parseJson('')).toThrow('Not valid JSON (0 characters)')
  })

  it('refuses nesting that the engine cannot follow, as bad JSON', () => {
    const depth = 1_000_000
    expect(() => parseJson(`${'['.repeat(depth)}12345678901234567890${']'.repeat(depth)}`)).toThrow(
      'JSON nested too deeply',
    )
  })
})
