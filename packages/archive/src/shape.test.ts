import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isExactly, isInOrder, isText, OTHER_ORDER, type Shape } from './shape.ts'

const fields = { a: isText, b: isInOrder({ c: isText, d: isText }), e: isText }

/** As it says of itself, word by word. */
const inOrder: Shape = (value) => {
  const problem = isExactly(fields)(value)
  if (problem !== null) return problem
  return Object.keys(value as object).join() === 'a,b,e' ? null : OTHER_ORDER
}

const inner = fc.uniqueArray(fc.constantFrom('c', 'd', 'x', '__proto__', '1'), { maxLength: 3 })
const outer = fc.uniqueArray(fc.constantFrom('a', 'b', 'e', 'x', '__proto__', '1'), { maxLength: 4 })
const whole = fc.oneof(outer, fc.constant(['a', 'b', 'e']), fc.constant(['b', 'a', 'e']))
const value = fc.oneof(fc.constantFrom('"text"', '"text"', '1', 'null'), fc.constant('[]'))

test('fields in order: every other set of fields, every other order, and every wrong value is told, by the first of them', () => {
  const nested = fc.oneof(inner, fc.constant(['c', 'd']))
  fc.assert(
    fc.property(whole, nested, fc.array(value, { minLength: 5, maxLength: 5 }), (names, below, [first, ...others]) => {
      const object = `{${below.map((name, at) => `"${name}":${others[at]}`)}}`
      const json = names.map((name, at) => `"${name}":${name === 'b' && first !== 'null' ? object : others[at]}`)
      const parsed: unknown = JSON.parse(`{${json}}`)
      expect(isInOrder(fields)(parsed)).toBe(inOrder(parsed))
    }),
    { numRuns: 3_000 },
  )
})
