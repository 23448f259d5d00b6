import { isValidPhoneNumber } from 'libphonenumber-js'
import { expect, test } from 'vitest'
import { ibanDigits, luhnDigit, verhoeffDigit } from './check-digits.ts'
import { generateData } from './generate-data.ts'

test('check digits are those of published examples', () => {
  expect(luhnDigit('411111111111111')).toBe('1')
  expect(luhnDigit('7992739871')).toBe('3')
  expect(ibanDigits('GB', 'WEST12345698765432')).toBe('82')
  expect(ibanDigits('DE', '370400440532013000')).toBe('89')
  expect(verhoeffDigit('236')).toBe('3')
})

test('the same seed gives the same data, another one other data', () => {
  expect(generateData({ seed: 5, perKind: 4 })).toEqual(generateData({ seed: 5, perKind: 4 }))
  expect(generateData({ seed: 6, perKind: 4 })).not.toEqual(generateData({ seed: 5, perKind: 4 }))
})

test('every label covers its value, and negatives have none', () => {
  const { labelled, clean, chats } = generateData({ perKind: 8 })
  const texts = labelled.flatMap((set) => set.texts)
  const types = new Set<string>()
  for (const { text, spans } of texts) {
    for (const { start, end, type } of spans) {
      types.add(type)
      expect(text.slice(start, end), text).toMatch(/^\S[\s\S]*\S$/)
    }
  }
  expect(types.size).toBeGreaterThan(10)
  expect(texts.filter(({ spans }) => spans.length === 0).length).toBeGreaterThan(50)
  expect(clean[0]?.texts.join('')).not.toMatch(/[@:]\/\/|\d{3}/)
  expect(chats.every(({ text, person }) => text.includes(person.full))).toBe(true)
})

test('phone numbers with a calling code are numbers of a plan', () => {
  const texts = generateData({ perKind: 40 }).labelled.flatMap((set) => set.texts)
  const international = texts.flatMap(({ text, spans }) =>
    spans.flatMap(({ start, end, type }) => (type === 'PHONE' ? [text.slice(start, end)] : [])),
  )
  const plain = international.filter((number) => /^\+[\d ]+$/.test(number))
  expect(plain.length).toBeGreaterThan(5)
  expect(plain.filter((number) => !isValidPhoneNumber(number))).toEqual([])
})
