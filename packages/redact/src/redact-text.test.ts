import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultPolicy, identitiesOf, type Operator, type Policy, redactText } from './index.ts'
import { lowEntropyTypes, personalDataTypes } from './personal-data-type.ts'
import { conversationWith } from './testing/conversations.ts'
import { texts } from './testing/texts.ts'

const key = new Uint8Array(32).fill(7)
const identities = identitiesOf(
  conversationWith({
    name: 'Grace Hopper',
    platformKey: 'v2/iamessage/UNAUTH/NA/uid:3f2b-77aa-9',
    contact: {
      names: ['Grace Will de Hopper', '山田太郎'],
      emails: ['ghopper@example.mil'],
      phones: ['+49 170 1234567'],
      addresses: ['12 Main St\n90210 Beverly Hills'],
    },
  }),
)
const every = (operator: Operator): Policy => ({
  ...defaultPolicy,
  types: Object.fromEntries(personalDataTypes.map((type) => [type, fitting(type, operator)])) as Policy['types'],
})
const fitting = (type: string, operator: Operator): Operator =>
  operator === 'pseudonym' && lowEntropyTypes.has(type) ? 'label' : operator
const policies = fc.constantFrom(defaultPolicy, every('pseudonym'), every('label'), every('mask'), every('drop'), {
  ...defaultPolicy,
  types: { ...defaultPolicy.types, EMAIL: 'keep', NAME: 'keep' },
} satisfies Policy)

describe('for every text and policy', () => {
  test('a second pass changes nothing', () => {
    fc.assert(
      fc.property(texts, policies, (text, policy) => {
        const once = redactText(text, { policy, key, identities }).text
        expect(redactText(once, { policy, key, identities })).toEqual({ text: once, redactions: [] })
      }),
      { numRuns: Number(process.env['SLOW'] ? 200_000 : 4000) },
    )
  })

  test('everything outside the spans stays, spans are right, in order and disjoint', () => {
    fc.assert(
      fc.property(texts, policies, (text, policy) => {
        const { text: redacted, redactions } = redactText(text, { policy, key, identities })
        let rest = redacted
        let from = 0
        for (const { start, length, type, action } of redactions) {
          expect(start).toBeGreaterThanOrEqual(from)
          expect(length).toBeGreaterThan(0)
          const before = text.slice(from, start)
          expect(rest.startsWith(before)).toBe(true)
          rest = rest.slice(before.length)
          const replacement = /^\[[^\]]*\]/.exec(rest)?.[0] ?? ''
          expect(replacement).toContain(action === 'drop' ? 'REDACTED' : type)
          rest = rest.slice(replacement.length)
          from = start + length
        }
        expect(rest).toBe(text.slice(from))
      }),
      { numRuns: 2000 },
    )
  })

  test('valid UTF-16 stays valid', () => {
    fc.assert(
      fc.property(texts, (text) => {
        fc.pre(text.isWellFormed())
        expect(redactText(text, { policy: defaultPolicy, key, identities }).text.isWellFormed()).toBe(true)
      }),
    )
    // Somebody whose key begins and ends with half an emoji, beside whole ones.
    const half = identitiesOf(conversationWith({ platformKey: '\ude00keykeykey\ud83d' }))
    const { text, redactions } = redactText('😀keykeykey😀', { policy: defaultPolicy, key, identities: half })
    expect(text).toMatch(/^\[PLATFORM_KEY:k1:\w{12}\]$/)
    expect(redactions).toMatchObject([{ start: 0, length: 13 }])
  })

  test('the same text, key and policy give the same result, another key another one', () => {
    const options = { policy: defaultPolicy, key }
    const once = redactText('ada@example.org', options)
    expect(redactText('ADA@example.org', options).text).toBe(once.text)
    expect(redactText('ada@example.org', { ...options, key: new Uint8Array(32) }).text).not.toBe(once.text)
    expect(redactText('ada@example.org', { ...options, tenant: 'acme' }).text).not.toBe(once.text)
    expect(redactText('ada@example.org', { ...options, keyId: 'k2' }).text).toMatch(/^\[EMAIL:k2:[0-9a-z]{12}\]$/)
  })
})

test('the same string comes back when nothing is found', () => {
  const text = 'Where is order 1234567890 of 2024-05-01, paid with $117.00?'
  expect(redactText(text, { policy: defaultPolicy, key, identities })).toEqual({ text, redactions: [] })
})

test('operators', () => {
  const text = 'card 4111 1111 1111 1111 of ada@example.org'
  const by = (operator: Operator): string => redactText(text, { policy: every(operator), key }).text
  expect(by('label')).toBe('card [CARD] of [EMAIL]')
  expect(by('mask')).toBe('card [CARD:*1111] of [EMAIL:*]')
  expect(by('drop')).toBe('card [REDACTED] of [REDACTED]')
  expect(by('keep')).toBe(text)
  expect(by('pseudonym')).toMatch(/^card \[CARD:k1:[0-9a-z]{12}\] of \[EMAIL:k1:[0-9a-z]{12}\]$/)
})

test('what one type keeps is still searched for the others', () => {
  const policy: Policy = { ...defaultPolicy, types: { ...defaultPolicy.types, URL: 'keep' } }
  expect(redactText('https://example.org/?mail=ada@example.org&n=1', { policy, key }).text).toMatch(
    /^https:\/\/example\.org\/\?mail=\[EMAIL:\w+:\w+\]&n=1$/,
  )
})

test.each([
  ['too short', new Uint8Array(31)],
  ['no bytes', 'x'.repeat(32) as unknown as Uint8Array],
])('a key that is %s is refused', (_, wrong) => {
  expect(() => redactText('', { policy: defaultPolicy, key: wrong })).toThrow(
    expect.objectContaining({ code: 'REDACT_KEY', kind: 'usage' }),
  )
})

test('a key id that could not be told from the rest is refused', () => {
  for (const keyId of ['', 'K1', 'k:1', '1k', 'k'.repeat(17)]) {
    expect(() => redactText('', { policy: defaultPolicy, key, keyId })).toThrow(
      expect.objectContaining({ code: 'REDACT_KEY_ID' }),
    )
  }
})

test('the pseudonym is HMAC-SHA-256 under the tenant key, as documented', async () => {
  const { createHmac, hkdfSync } = await import('node:crypto')
  const tenantKey = Buffer.from(hkdfSync('sha256', key, '', 'custody/redact/v1|acme', 32))
  const digest = createHmac('sha256', tenantKey).update('v1|acme|EMAIL|ada@example.org').digest()
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
  const bits = [...digest].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const expected = Array.from({ length: 12 }, (_, i) => alphabet[Number.parseInt(bits.slice(i * 5, i * 5 + 5), 2)])
  const { text } = redactText('Ada@Example.ORG', { policy: defaultPolicy, key, tenant: 'acme' })
  expect(text).toBe(`[EMAIL:k1:${expected.join('')}]`)
})
