import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  conversationIdentifier,
  conversationIndex,
  entryIdentifier,
  type KeyedObject,
  keyPrefixes,
  recordId,
  recordId15,
  recordNumber,
  withChecksum,
} from './ids.ts'
import { mix32, unmix32 } from './random.ts'

const uint32 = fc.integer({ min: 0, max: 0xffffffff })
const object = fc.constantFrom(...(Object.keys(keyPrefixes) as KeyedObject[]))
const number = fc.integer({ min: 0, max: 2 ** 40 })

test('mixing is undone by unmixing', () => {
  fc.assert(fc.property(uint32, (value) => void expect(unmix32(mix32(value))).toBe(value)))
})

describe('record ids', () => {
  // The locator printed in Salesforce's documentation.
  test('carry the documented checksum', () => expect(withChecksum('01gD0000002HU6K')).toBe('01gD0000002HU6KIAW'))

  test('give their number back, in both lengths', () => {
    fc.assert(
      fc.property(object, number, (type, n) => {
        expect(recordNumber(type, recordId(type, n))).toBe(n)
        expect(recordNumber(type, recordId15(type, n))).toBe(n)
      }),
    )
  })

  test('sort as their numbers do', () => {
    fc.assert(
      fc.property(
        object,
        number,
        number,
        (type, a, b) => void expect(recordId(type, a) < recordId(type, b)).toBe(a < b),
      ),
    )
  })

  test('are told from ids of other objects, wrong checksums and anything else', () => {
    expect(recordNumber('Contact', recordId('User', 5))).toBeUndefined()
    expect(recordNumber('User', `${recordId15('User', 5)}AAA`)).toBeUndefined()
    fc.assert(
      fc.property(fc.string(), (text) => {
        const n = recordNumber('User', text)
        expect(n === undefined || [recordId('User', n), recordId15('User', n)].includes(text)).toBe(true)
      }),
    )
  })
})

describe('conversation identifiers', () => {
  test('are UUIDs that give their index back, in any case', () => {
    fc.assert(
      fc.property(uint32, uint32, (seed, index) => {
        const identifier = conversationIdentifier(seed, index)
        expect(identifier).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
        expect(conversationIndex(seed, identifier)).toBe(index)
        expect(conversationIndex(seed, identifier.toUpperCase())).toBe(index)
      }),
    )
  })

  test('of another org, or changed in one place, are nobody’s', () => {
    fc.assert(
      fc.property(uint32, uint32, fc.integer({ min: 0, max: 35 }), (seed, index, place) => {
        const identifier = conversationIdentifier(seed, index)
        const changed = [...identifier].with(place, identifier[place] === '0' ? '1' : '0').join('')
        expect(conversationIndex(seed, changed)).toBeUndefined()
        expect(conversationIndex(seed + 1, identifier)).toBeUndefined()
      }),
    )
  })
})

test('entry identifiers never meet', () => {
  const seen = new Set<string>()
  for (let index = 0; index < 300; index++) {
    for (let n = 0; n < 300; n++) seen.add(entryIdentifier(7, index, n))
  }
  expect(seen.size).toBe(90_000)
})
