import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsonTexts, jsonIn } from './json-text.ts'

const spaces = fc.stringMatching(/^[ \t\r\n]{0,3}$/)

describe('jsonIn', () => {
  test('reads every object, list and string, with space around and inside', () => {
    fc.assert(
      fc.property(fc.jsonValue(), spaces, fc.constantFrom(0, 1), (value, space, indent) => {
        const text = `${space}${JSON.stringify(value, null, indent)}${space}`
        const isText = typeof value === 'string' || (typeof value === 'object' && value !== null)
        expect(jsonIn(text)).toEqual(isText ? JSON.parse(text) : undefined)
      }),
    )
    for (const text of ['[true]', '[ false]', '[null ]', '[-1]', '{ }', '[[]]', '[""]']) {
      expect(jsonIn(text)).toEqual(JSON.parse(text))
    }
  })

  test('leaves alone what only looks like it', () => {
    for (const text of ['[NAME:k1:0123456789ab]', '[PHONE]', '{NAME}', '[note]', '"', '[truly]', '{a: 1}', '[1', '']) {
      expect(jsonIn(text)).toBeUndefined()
    }
  })
})

describe('JsonTexts', () => {
  test('gives the same value for the same text, and for a text that it wrote', () => {
    const texts = new JsonTexts()
    const read = texts.read('{"a":[1]}')
    expect(texts.read('{"a":[1]}')).toBe(read)
    const value = { b: 'x' }
    expect(texts.read(texts.write(value))).toBe(value)
    expect(texts.read('[PHONE]')).toBeUndefined()
  })

  test('keeps no more than it may, and reads the rest all the same', () => {
    const texts = new JsonTexts()
    const long = JSON.stringify('x'.repeat(5 * 1024 * 1024))
    texts.read(long)
    const beyond = `[${long}]`
    expect(texts.read(beyond)).not.toBe(texts.read(beyond))
    expect(texts.read(beyond)).toEqual(['x'.repeat(5 * 1024 * 1024)])
  })
})
