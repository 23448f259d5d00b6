import { expect, test } from 'vitest'
import { score } from './score.ts'

const text = 'call +49 170 1234567 or a@example.org'
const phone = { start: 5, end: 20, type: 'PHONE' }
const email = { start: 24, end: 37, type: 'EMAIL' }
const one = [{ text, spans: [phone, email] }]

test('what is found as it is labelled', () => {
  expect(score(one, [[phone, email]], 'PHONE')).toEqual({
    recall: { hits: 1, total: 1 },
    precision: { hits: 1, total: 1 },
    leak: { hits: 0, total: 1 },
  })
})

test('a part that is found counts as found, and its rest as leaked', () => {
  const part = { ...phone, end: 19 }
  expect(score(one, [[part]], 'PHONE')).toMatchObject({ recall: { hits: 1 }, leak: { hits: 1 } })
  // What is left without letters and digits tells nothing.
  const withoutPlus = { ...phone, start: 6 }
  expect(score(one, [[withoutPlus]], 'PHONE')).toMatchObject({ recall: { hits: 1 }, leak: { hits: 0 } })
})

test('what is taken for another type is missed, and does not leak', () => {
  const card = { ...phone, type: 'CARD' }
  expect(score(one, [[card]], 'PHONE')).toMatchObject({ recall: { hits: 0, total: 1 }, leak: { hits: 0, total: 1 } })
  expect(score(one, [[card]], 'CARD')).toMatchObject({ recall: { total: 0 }, precision: { hits: 0, total: 1 } })
})

test('letters beyond the first plane leak too', () => {
  const texts = [{ text: '\u{1d400}', spans: [{ start: 0, end: 2, type: 'NAME' }] }]
  expect(score(texts, [[]], 'NAME').leak).toEqual({ hits: 1, total: 1 })
})
