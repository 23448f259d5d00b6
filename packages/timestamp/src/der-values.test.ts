import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeDer, readDer, tag } from './der.ts'
import {
  encodeInteger,
  encodeObjectIdentifier,
  Fields,
  instantOf,
  integerOf,
  objectIdentifierOf,
} from './der-values.ts'

const integer = (hex: string): bigint | null => integerOf(readDer(encodeDer(tag.integer, Buffer.from(hex, 'hex'))))
const time = (text: string): string | null => instantOf(readDer(encodeDer(tag.generalizedTime, Buffer.from(text))))
const objectIdentifier = (hex: string): string | null =>
  objectIdentifierOf({ tag: 6, raw: Uint8Array.of(), content: Buffer.from(hex, 'hex'), children: [] })

describe('integers', () => {
  test.each([
    ['00', 0n],
    ['7f', 127n],
    ['0080', 128n],
    ['80', -128n],
    ['ff', -1n],
    ['ff7f', -129n],
    ['0000', null],
    ['007f', null],
    ['ff80', null],
    ['01'.repeat(65), null],
  ])('%s is %s', (hex, value) => expect(integer(hex)).toBe(value))

  test('are read as written', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 160n }), (value) => {
        expect(integerOf(readDer(encodeInteger(value)))).toBe(value)
      }),
    )
  })
})

describe('object identifiers', () => {
  test('are read as written', () => {
    const arc = fc.bigInt({ min: 0n, max: 2n ** 127n })
    const dotted = fc
      .tuple(fc.nat({ max: 2 }), fc.nat({ max: 39 }), fc.array(arc, { maxLength: 3 }))
      .map(([root, second, arcs]) => [root, second, ...arcs].join('.'))
    fc.assert(
      fc.property(dotted, (name) => {
        expect(objectIdentifierOf(readDer(encodeObjectIdentifier(name) ?? Uint8Array.of()))).toBe(name)
      }),
    )
  })

  test('those of the second root go beyond 39', () => {
    expect(objectIdentifierOf(readDer(encodeObjectIdentifier('2.999.3') ?? Uint8Array.of()))).toBe('2.999.3')
  })

  test.each(['', '1', '3.1', '1.40', '1.02', '1..2', 'a.b', `1.2.${'9'.repeat(40)}`, `1.2${'.1'.repeat(100)}`])(
    'none: %s',
    (name) => expect(encodeObjectIdentifier(name)).toBeNull(),
  )

  test.each(['', '8001', '2a80', '2aff', '2a'.repeat(65)])('no encoding of one: %s', (hex) => {
    expect(objectIdentifier(hex)).toBeNull()
  })
})

describe('times', () => {
  test.each([
    ['20261121173420Z', '2026-11-21T17:34:20.000Z'],
    ['20261121173420.5Z', '2026-11-21T17:34:20.500Z'],
    ['20261121173420.941Z', '2026-11-21T17:34:20.941Z'],
    ['20261121173420.9419999Z', '2026-11-21T17:34:20.941Z'],
    ['20240229000000Z', '2024-02-29T00:00:00.000Z'],
    ['20261121173420.50Z', null],
    ['20261121173420.Z', null],
    ['20261121173420', null],
    ['20261121173420+0100', null],
    ['202611211734Z', null],
    ['20260229000000Z', null],
    ['20261321000000Z', null],
    ['20261121240000Z', null],
    ['20261121173460Z', null],
    [`20261121173420.${'1'.repeat(100)}Z`, null],
  ])('%s is %s', (text, instant) => expect(time(text)).toBe(instant))
})

test('fields are taken in order, and none may be left over', () => {
  const value = readDer(encodeDer(tag.sequence, encodeInteger(1n), encodeInteger(2n)))
  const fields = new Fields(value, tag.sequence, 'test')
  expect(fields.optional(tag.boolean)).toBeUndefined()
  fields.take(tag.integer)
  expect(() => fields.end()).toThrow('Its test is not formed')
  expect(() => fields.take(tag.boolean)).toThrow('Its test is not formed')
  expect(fields.rest(tag.integer)).toHaveLength(1)
  fields.end()
  expect(() => fields.any()).toThrow('Its test is not formed')
  expect(() => new Fields(value, tag.set, 'test')).toThrow('Its test is not formed')
})
