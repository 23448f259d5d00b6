import type { Conversation } from '@custody/model'
import type { Batch } from '@custody/pipeline'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCsv } from './csv-cells.ts'
import {
  checkCanaries,
  createEvidence,
  createReviewSample,
  defaultPolicy,
  explainText,
  type Finding,
  loadPolicy,
  makeCanaries,
  type Policy,
  policyDigest,
  type RedactOptions,
  readDecisions,
  redact,
  reviewColumns,
  reviewPrecision,
  wilson,
} from './index.ts'
import { aConversation, anEndUser, anEntry } from './testing/conversations.ts'

const key = new Uint8Array(32).fill(7)
const nobody = { role: 'bot', appType: null, subject: null, displayName: null } as const

async function run(
  conversations: readonly Conversation[],
  more: Partial<RedactOptions> = {},
): Promise<Batch<Conversation>> {
  async function* source(): AsyncGenerator<Batch<Conversation>> {
    yield { records: conversations, rejects: [] }
  }
  for await (const batch of redact({ policy: defaultPolicy, key, ...more })(source())) return batch
  throw new Error('no batch came')
}

describe('evidence', () => {
  const said = (identifier: string, text: string, channelType: string | null = 'WhatsApp'): Conversation =>
    aConversation({ identifier, channelType, entries: [anEntry(text, { entryId: `${identifier}-1`, sender: nobody })] })

  test('counted in parts and added up, it is the same', async () => {
    const phone = '+4915112345678'
    const conversations = [
      said('a', 'mail ada@example.org and eve@example.org'),
      said('b', 'card 4111 1111 1111 1112', null),
      aConversation({ identifier: phone, endUsers: [anEndUser({ platformKey: phone })] }),
      said('c', 'mail ada@example.org', null),
    ]
    const whole = createEvidence({ policy: defaultPolicy, key })
    await run(conversations, { evidence: whole })
    const part = createEvidence({ policy: defaultPolicy, key })
    const sum = createEvidence({ policy: defaultPolicy, key })
    for (const conversation of conversations) {
      await run([conversation], { evidence: part })
      sum.addTally(part.take())
    }
    expect(sum.totals()).toEqual(whole.totals())
    expect(part.totals().conversations).toBe(0)
  })

  test('counts what was done, what was refused and what was left alone', async () => {
    const evidence = createEvidence({ policy: defaultPolicy, key, keyId: 'k2' })
    const phone = '+4915112345678'
    const refused = aConversation({ identifier: phone, endUsers: [anEndUser({ platformKey: phone })] })
    const conversations = [
      said('a', 'mail ada@example.org and eve@example.org'),
      said('b', 'card 4111 1111 1111 1112', null),
      said('c', 'mail ada@example.org', null),
      refused,
    ]
    const { rejects } = await run(conversations, { evidence, keyId: 'k2' })
    expect(rejects).toHaveLength(1)
    expect(evidence.totals()).toMatchObject({
      policyDigest: policyDigest(defaultPolicy),
      preset: null,
      rulePack: expect.stringMatching(/^custody-redact-\d+$/),
      keyId: 'k2',
      conversations: 4,
      conversationsRedacted: 2,
      conversationsRefused: 1,
      messages: 3,
      messagesRedacted: 2,
      shareOfMessages: 2 / 3,
      counts: [
        { type: 'EMAIL', action: 'pseudonym', field: 'text', channel: 'WhatsApp', count: 2 },
        { type: 'EMAIL', action: 'pseudonym', field: 'text', channel: 'unknown', count: 1 },
      ],
      rejected: expect.arrayContaining([
        { type: 'CARD', detector: 'card-luhn', reason: expect.any(String), count: expect.any(Number) },
      ]),
      scope: { kept: ['URL'], attachments: 'not opened' },
    })
  })

  test('of nothing', () => {
    const totals = createEvidence({ policy: defaultPolicy, key }).totals()
    expect(totals).toMatchObject({ conversations: 0, shareOfMessages: null, counts: [], rejected: [] })
  })

  test('findings say where and what, and never which', async () => {
    const findings: Finding[] = []
    const evidence = createEvidence({ policy: defaultPolicy, key, onFinding: (finding) => findings.push(finding) })
    const text = 'ada@example.org, born on 1984-03-12 (date of birth), ADA@example.org'
    const { records } = await run([said('a', text)], { evidence })
    const mails = findings.filter(({ type }) => type === 'EMAIL')
    expect(mails).toHaveLength(2)
    expect(mails[0]).toMatchObject({ v: 1, conversation: 'a', entryId: 'a-1', field: 'text', start: 0, length: 15 })
    expect(mails[0]?.hash).toMatch(/^[0-9a-z]{16}$/)
    expect(mails[1]?.hash).toBe(mails[0]?.hash)
    // The log and the archive cannot be joined by value.
    expect(JSON.stringify(records)).not.toContain(mails[0]?.hash?.slice(0, 12))
    expect(JSON.stringify(findings)).not.toMatch(/ada|example|1984/i)
    for (const { type, hash } of findings) if (type === 'DATE_OF_BIRTH') expect(hash).toBeNull()
    expect(findings.map(({ type }) => type)).toContain('DATE_OF_BIRTH')
  })
})

describe('the review sample', () => {
  const conversations = Array.from({ length: 30 }, (_, index) =>
    aConversation({
      identifier: `c${index}`,
      entries: [anEntry(`write to user${index}@example.org or ring +49 1512 34567${10 + index}`, { sender: nobody })],
    }),
  )
  const sampleOf = async (seed: string, original: boolean, order = conversations): Promise<string> => {
    const review = createReviewSample({ seed, perStratum: 5, original })
    await run(order, { evidence: createEvidence({ policy: defaultPolicy, key, review }) })
    return review.toCsv()
  }

  test('has the same size for each type, is the same for the same seed in any order, and another for another', async () => {
    const csv = await sampleOf('one', false)
    expect(await sampleOf('one', false, conversations.toReversed())).toBe(csv)
    expect(await sampleOf('two', false)).not.toBe(csv)
    const [header, ...rows] = readCsv(csv) ?? []
    expect(header).toEqual([...reviewColumns])
    expect(rows.map((row) => row[1])).toEqual([...Array(5).fill('EMAIL'), ...Array(5).fill('PHONE')])
    expect(new Set(rows.map((row) => row[5]))).toEqual(new Set(['30']))
  })

  test('shows what was found only when asked to, and never what stands beside it', async () => {
    const [closed, open] = [await sampleOf('one', false), await sampleOf('one', true)]
    expect(closed).not.toMatch(/user\d|34567/)
    expect(closed).toContain('write to ,[EMAIL], or ring [PHONE]')
    const mails = (readCsv(open) ?? []).filter((row) => row[1] === 'EMAIL')
    expect(mails[0]?.[11]).toMatch(/^user\d+@example\.org$/)
    expect(mails.every((row) => !row[12]?.includes('34567'))).toBe(true)
  })

  test('is read back as precision by type', () => {
    const rows = ['EMAIL,a,right', 'EMAIL,a,Right ', 'EMAIL,b,wrong', 'EMAIL,b,unsure', 'EMAIL,b,', 'CARD,c,right']
    for (const [separator, end] of [
      [',', '\r\n'],
      [';', '\n'],
    ] as const) {
      const csv = `\ufefftype,detector,decision${end}${rows.join(end)}${end}`.replaceAll(',', separator)
      const precision = reviewPrecision(readDecisions(csv))
      expect(precision).toMatchObject([
        { type: 'CARD', right: 1, wrong: 0, share: 1, high: 1 },
        { type: 'EMAIL', right: 2, wrong: 1, unsure: 1, undecided: 1, share: 2 / 3 },
      ])
      expect(precision[1]?.low).toBeCloseTo(0.2077, 3)
      expect(precision[1]?.high).toBeCloseTo(0.9385, 3)
    }
  })

  test.each([
    ['', 'no columns'],
    ['type,decision\nEMAIL,right', 'no columns'],
    ['type,detector,decision\nEMAIL,a,rihgt', 'row 2'],
    ['type,detector,decision\nEMAIL,"a', 'no columns'],
  ])('%j is refused', (csv, why) => {
    expect(() => readDecisions(csv)).toThrow(
      expect.objectContaining({ code: 'REVIEW_DECISIONS', message: expect.stringContaining(why) }),
    )
  })

  test.each([0, 1.5, 10_001])('%s rows of each are refused', (perStratum) => {
    expect(() => createReviewSample({ seed: 'x', perStratum })).toThrow(
      expect.objectContaining({ code: 'REVIEW_SAMPLE' }),
    )
  })
})

test('CSV cells come back as they went, but for formulas', async () => {
  const { csvRow } = await import('./csv-cells.ts')
  const cell = fc
    .oneof(fc.string(), fc.constantFrom('"', '""', ',', 'a\r\nb', '\n', ' ', ''))
    .filter((text) => !/^[=+\-@\t\r]/.test(text))
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1 }), (rows) => {
      const header = ['a', 'b']
      expect(readCsv(csvRow(header) + rows.map(csvRow).join(''))).toEqual([header, ...rows])
    }),
  )
  for (const formula of ['=1+1', '+1', '-1', '@x', '\tx']) expect(csvRow([formula])).toBe(`'${formula}\r\n`)
})

test('the interval holds its share, and narrows', () => {
  expect(wilson(0, 0)).toEqual({ share: null, low: null, high: null })
  expect(wilson(0, 10)).toMatchObject({ share: 0, low: 0 })
  expect(wilson(10, 10)).toMatchObject({ share: 1, high: 1 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.nat(1000), (trials, some) => {
      const successes = Math.min(some, trials)
      const { share, low, high } = wilson(successes, trials) as { share: number; low: number; high: number }
      expect(low).toBeGreaterThanOrEqual(0)
      expect(low).toBeLessThanOrEqual(share)
      expect(high).toBeGreaterThanOrEqual(share)
      expect(high).toBeLessThanOrEqual(1)
      const more = wilson(successes * 10, trials * 10) as { low: number; high: number }
      expect(more.high - more.low).toBeLessThan(high - low)
    }),
  )
})

describe('canaries', () => {
  const policy = loadPolicy(
    'version: 1\nagents: redact\npatterns:\n  - { name: customer, type: CUSTOMER_NUMBER, match: "\\\\bCU-\\\\d{8}[A-Z]?\\\\b", words: [customer] }',
  )

  test('of every type the policy looks for are found', () => {
    const { types, skipped, passed } = checkCanaries({ policy, key, perType: 40 })
    expect(types.filter(({ passed: isPassed }) => !isPassed)).toEqual([])
    expect(passed).toBe(true)
    expect(types.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['EMAIL', 'PHONE', 'CARD', 'NAME', 'AGENT', 'NATIONAL_ID', 'CUSTOMER_NUMBER']),
    )
    // Links are kept, and nothing finds tax numbers yet.
    expect(skipped.toSorted()).toEqual(['TAX_ID', 'URL'])
  })

  test('are the same for the same seed, and stand where they say', () => {
    const options = { seed: 'x', perType: 5 }
    expect(makeCanaries(policy, options)).toEqual(makeCanaries(policy, options))
    expect(makeCanaries(policy, options)).not.toEqual(makeCanaries(policy, { ...options, seed: 'y' }))
    for (const { text, start, length } of makeCanaries(policy, options))
      expect(text.slice(start, start + length)).toHaveLength(length)
  })

  test('fail a policy that finds too little', () => {
    const blind: Policy = {
      ...defaultPolicy,
      patterns: [{ name: 'x', type: 'XX', match: 'x\\d', words: ['y'] }],
      types: { ...defaultPolicy.types, XX: 'label' },
    }
    expect(checkCanaries({ policy: blind, key, perType: 5, threshold: 1 }).passed).toBe(true)
    const check = checkCanaries({
      policy: defaultPolicy,
      key,
      perType: 5,
      people: { name: 'none', find: () => [] },
      threshold: 0,
    })
    expect(check.passed).toBe(true)
    const kept: Policy = { ...defaultPolicy, types: { ...defaultPolicy.types, PHONE: 'keep' } }
    expect(checkCanaries({ policy: kept, key, perType: 5 }).skipped).toContain('PHONE')
  })

  test.each([{ threshold: 2 }, { threshold: Number.NaN }, { perType: 0.5 }])('%j is refused', (wrong) => {
    expect(() => checkCanaries({ policy, key, ...wrong })).toThrow(expect.objectContaining({ code: 'CANARIES' }))
  })
})

test('an explanation tells the rule of each span, and why others were left alone', () => {
  const { text, spans, rejected } = explainText('4111 1111 1111 1111, not 4111 1111 1111 1112', {
    policy: defaultPolicy,
    key,
  })
  expect(text).toMatch(/^\[CARD:k1:\w{12}\], not 4111/)
  expect(spans).toMatchObject([
    { type: 'CARD', action: 'pseudonym', start: 0, length: 19, detector: expect.any(String) },
  ])
  expect(rejected).toContainEqual(expect.objectContaining({ type: 'CARD', start: 25, end: 44 }))
})
