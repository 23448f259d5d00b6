import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPeopleList, defaultPolicy, type Policy, readPeopleList, redactText } from './index.ts'

const key = new Uint8Array(32).fill(7)
const labels: Policy = {
  ...defaultPolicy,
  types: { ...defaultPolicy.types, NAME: 'label', EMAIL: 'label', ADDRESS: 'label' },
}

describe('a list of people', () => {
  const people = createPeopleList({
    names: ['Ada Lovelace', 'Dr. José María Álvarez', 'Will May', 'Grace', 'Kim', '山田太郎', ''],
    emails: ['ada@localhost', 'nobody'],
    addresses: ['12 Main St, 90210 Beverly Hills', 'Beverly Hills', '5 A'],
  })
  const redacted = (text: string): string => redactText(text, { policy: labels, key, people }).text

  test('counts what says too little', () => {
    expect([people.size, people.skipped]).toEqual([6, 6])
  })

  test.each([
    ['I met Ada Lovelace.', 'I met [NAME].'],
    ['LOVELACE, ADA', '[NAME]'],
    ['jose maria alvarez; Álvarez, José María; Alvarez Jose', '[NAME]; [NAME]; [NAME]'],
    ['José Álvarez', '[NAME]'],
    ['Will May', '[NAME]'],
    ['will may be late', 'will may be late'],
    ['Grace, Kim, Ada and Will', 'Grace, Kim, Ada and Will'],
    ['私は山田太郎です', '私は[NAME]です'],
    ['ask ada@localhost', 'ask [EMAIL]'],
    ['at 12 main st 90210 beverly hills', 'at [ADDRESS]'],
    ['Beverly Hills', 'Beverly Hills'],
    ['Ada went. Lovelace', 'Ada went. Lovelace'],
  ])('%j becomes %j', (text, expected) => expect(redacted(text)).toBe(expected))

  test('one name, one pseudonym', () => {
    const of = (text: string): string => redactText(text, { policy: defaultPolicy, key, people }).text
    expect(new Set(['Ada Lovelace', 'lovelace, ada', 'ÁDA LOVELACE'].map(of)).size).toBe(1)
  })

  test('is read from lines', () => {
    const list = readPeopleList('\ufeff# people\r\nAda Lovelace\n\nada@example.org\n12 Main St, 90210\n')
    expect([list.size, list.skipped]).toEqual([3, 0])
  })
})

test('a hundred thousand are all found, and nobody else', () => {
  const letters = (index: number): string => [...String(index)].map((digit) => 'abcdefghij'[Number(digit)]).join('')
  const name = (index: number): string => `Given${letters(index % 997)} Family${letters(index)}`
  const people = createPeopleList({ names: Array.from({ length: 100_000 }, (_, index) => name(index)) })
  expect(people.size).toBe(100_000)
  fc.assert(
    fc.property(fc.nat(99_999), fc.nat(99_999), (index, other) => {
      expect(people.find(`so ${name(index).toLowerCase()} said`)).toMatchObject([{ type: 'NAME', start: 3 }])
      const stranger = `Given${letters(index % 997)} Family${letters(other)}`
      const expected = index % 997 === other % 997 ? 1 : 0
      expect(people.find(stranger)).toHaveLength(expected)
    }),
  )
})

test('a text of one name over and over takes time linear in it', () => {
  const people = createPeopleList({ names: Array.from({ length: 5000 }, (_, index) => `Aa Aa${index}`) })
  const text = 'Aa '.repeat(20_000)
  const start = process.cpuUsage()
  expect(people.find(text)).toEqual([])
  expect(process.cpuUsage(start).user).toBeLessThan(500_000)
})
