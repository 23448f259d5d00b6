import { describe, expect, test } from 'vitest'
import { custody } from './custody.ts'
import { findInPlace } from './in-place.ts'
import { openredaction } from './openredaction.ts'
import { phoneFinder } from './phone-finder.ts'
import { redactPii } from './redact-pii.ts'
import { redactpiiNode } from './redactpii-node.ts'

const text = 'Write to ada@qzwkvtmb.org or call +1 212 555 0123.'
const [email, phone] = ['ada@qzwkvtmb.org', '212 555 0123']

describe.each([
  ['custody', () => custody(), ['EMAIL', 'PHONE']],
  ['redact-pii', redactPii, ['EMAIL', 'PHONE']],
  ['@redactpii/node', () => redactpiiNode(), ['EMAIL', 'PHONE']],
  ['openredaction', openredaction, ['EMAIL', 'PHONE']],
  ['libphonenumber', () => phoneFinder(), ['PHONE']],
])('%s', (name, create, types) => {
  test('is measured by its own findings, in offsets of the original', async () => {
    const contender = await create()
    expect(contender.name).toBe(name)
    const found = await contender.find(text)
    for (const type of types) {
      const span = found.find((each) => each.type === type)
      expect(span, type).toBeDefined()
      expect(text.slice(span?.start, span?.end)).toContain(type === 'EMAIL' ? email : phone)
    }
    const redacted = await contender.redact(text)
    for (const type of types) expect(redacted).not.toContain(type === 'EMAIL' ? email : phone)
    if (contender.redactNow) expect(contender.redactNow(text)).toBe(redacted)
  })
})

test('rules that follow each other see what those before them left', () => {
  const rules = [
    { pattern: /\d{4}/g, type: 'A' },
    { pattern: /\d+/g, type: 'B' },
  ]
  expect(findInPlace('1234 56 \ue000', rules)).toEqual([
    { start: 0, end: 4, type: 'A' },
    { start: 5, end: 7, type: 'B' },
  ])
})
