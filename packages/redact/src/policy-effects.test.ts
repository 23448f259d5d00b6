import type { Content, Conversation, Json } from '@custody/model'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createTextRedactor,
  defaultPolicy,
  identitiesOf,
  loadPolicy,
  type Policy,
  presetNames,
  presetPolicy,
  residue,
} from './index.ts'
import { redactConversation } from './redact-conversation.ts'
import { redactText } from './redact-text.ts'
import { createRedactor, type RedactorOptions } from './redactor.ts'
import {
  aConversation,
  anEndUser,
  anEntry,
  aParticipant,
  conversationWith,
  deepFreeze,
} from './testing/conversations.ts'
import { texts } from './testing/texts.ts'

const key = new Uint8Array(32).fill(7)
const run = (conversation: Conversation, policy: Policy, more: Partial<RedactorOptions> = {}): Conversation =>
  redactConversation(deepFreeze(conversation), createRedactor({ policy, key, ...more }))
const policyOf = (yaml: string): Policy => loadPolicy(`version: 1\n${yaml}`)

describe('labels of a conversation', () => {
  const policy = presetPolicy('share-with-vendor')
  const grace = anEndUser({ recordId: '0PARM00000000024AA', name: 'Grace Hopper', platformKey: null })
  const ada = anEndUser({ recordId: '0PARM00000000014AA', name: 'Ada Lovelace', platformKey: 'v2/x/uid:ada-key-1' })
  const agents = [
    { ...aParticipant('agent', 'Emmy Noether'), recordId: '005RM0000000002YAA' },
    { ...aParticipant('agent', 'Alan Turing'), recordId: '005RM0000000001YAA' },
  ]
  const conversation = (parts: Partial<Conversation>): Conversation =>
    aConversation({
      endUsers: [grace, ada],
      participants: [aParticipant('end-user', 'Grace Hopper'), ...agents],
      ...parts,
    })

  test('by order of record ids, whoever speaks first', () => {
    const entries = [anEntry('Grace and Lovelace met Turing and Emmy Noether. ada-key-1')]
    for (const endUsers of [
      [grace, ada],
      [ada, grace],
    ]) {
      const { participants, entries: redacted } = run(conversation({ endUsers, entries }), policy)
      expect(participants.map(({ displayName }) => displayName)).toEqual(['[Customer 2]', '[Agent 2]', '[Agent 1]'])
      expect(redacted[0]?.text).toBe('[Customer 2] and [Customer 1] met [Agent 1] and [Agent 2]. [Customer 1]')
      expect(redacted[0]?.payload).toBeNull()
    }
  })

  test('what belongs to nobody of it gets a label; so does what belongs to two', () => {
    const twins = [grace, { ...ada, name: 'Eve Hopper' }]
    const { entries } = run(conversation({ endUsers: twins, entries: [anEntry('Hopper: x@example.org')] }), policy)
    expect(entries[0]?.text).toBe('[NAME]: [EMAIL]')
  })
})

describe('functions', () => {
  const operators = { NAME: () => 'Somebody', EMAIL: ({ value }: { value: string }) => `mail-${value.length}` }
  const conversation = aConversation({
    endUsers: [anEndUser({ platformKey: null })],
    participants: [aParticipant('end-user', 'Grace Hopper')],
    entries: [
      anEntry('I am Grace Hopper, a@example.org', {
        sender: { role: 'bot', appType: null, subject: null, displayName: null },
      }),
    ],
  })

  test('make the replacement, which a second pass leaves alone', () => {
    const once = run(conversation, defaultPolicy, { operators })
    expect(once.entries[0]?.text).toBe('I am [NAME=Somebody], [EMAIL=mail-13]')
    expect(once.participants[0]?.displayName).toBe('[NAME=Somebody]')
    expect(once.redactions[0]).toMatchObject({ action: 'function' })
    expect(run(once, defaultPolicy, { operators })).toBe(once)
  })

  test('that give back what they were given leave a residue', () => {
    const redacted = run(conversation, defaultPolicy, { operators: { NAME: ({ text }) => text } })
    expect(residue(redacted, identitiesOf(conversation))).not.toEqual([])
  })

  test.each([['x]y'], ['a\nb'], [''], ['x'.repeat(65)]])('%j cannot stand in a text', (made) => {
    const broken = (): unknown => run(conversation, defaultPolicy, { operators: { NAME: () => made } })
    expect(broken).toThrow(
      expect.objectContaining({ code: 'REDACT_OPERATOR', message: expect.not.stringContaining('Grace') }),
    )
  })

  test('for a type nobody knows are refused', () => {
    const unknown = (): unknown => createRedactor({ policy: defaultPolicy, key, operators: { NAMES: () => 'x' } })
    expect(unknown).toThrow(expect.objectContaining({ code: 'REDACT_OPERATOR', kind: 'usage' }))
  })
})

describe('another key id is another domain', () => {
  const text = 'ada@example.org'
  const of = (keyId: string, tenant = 'acme'): string =>
    redactText(text, { policy: defaultPolicy, key, keyId, tenant }).text

  test('under the same secret, and pseudonyms of before are left alone', () => {
    const [one, two] = [of('k1'), of('k2')]
    expect(one.slice(-13)).not.toBe(two.slice(-13))
    const again = redactText(`${one} ${text}`, { policy: defaultPolicy, key, keyId: 'k2', tenant: 'acme' }).text
    expect(again).toBe(`${one} ${two}`)
  })

  test('also where the name of a tenant looks like one', () => {
    expect(new Set([of('k1', 'acme|k2'), of('k2'), of('k2', 'acme|k2'), of('k1')]).size).toBe(4)
  })
})

describe('numbers that are split over messages', () => {
  const customer = { role: 'end-user', appType: null, subject: 'uid:somebody', displayName: null } as const
  const agent = { role: 'agent', appType: null, subject: '005RM0000000001YAA', displayName: null } as const
  const conversation = (...said: (readonly [typeof customer | typeof agent, string])[]): Conversation =>
    aConversation({
      entries: said.map(([sender, text], index) => anEntry(text, { entryId: `e${index}`, sender, payload: { text } })),
    })
  const labels: Policy = { ...defaultPolicy, types: { ...defaultPolicy.types, CARD: 'label', PHONE: 'label' } }
  const textsOf = ({ entries }: Conversation) => entries.map(({ text }) => text)

  test('go in all of them, in texts and payloads, also with an answer in between', () => {
    const redacted = run(
      conversation([customer, 'it is 4111 1111'], [agent, 'go on'], [customer, '1111 1111 ok?']),
      labels,
    )
    expect(textsOf(redacted)).toEqual(['it is [CARD]', 'go on', '[CARD] ok?'])
    expect(redacted.entries.map(({ payload }) => payload)).toEqual([
      { text: 'it is [CARD]' },
      { text: 'go on' },
      { text: '[CARD] ok?' },
    ])
    expect(run(redacted, labels)).toBe(redacted)
  })

  test('over four messages', () => {
    const parts = ['4111', '1111', '1111', '1111'].map((part) => [customer, part] as const)
    expect(textsOf(run(conversation(...parts), labels))).toEqual(['[CARD]', '[CARD]', '[CARD]', '[CARD]'])
  })

  test('not with what another says, nor with what has words in between', () => {
    for (const said of [
      [[customer, '4111 1111'] as const, [agent, '1111 1111'] as const],
      [[customer, '4111 1111'] as const, [customer, 'and 1111 1111'] as const],
    ]) {
      expect(textsOf(run(conversation(...said), labels))).toEqual(said.map(([, text]) => text))
    }
  })

  test('a number that is whole takes nothing from the message before', () => {
    const said = conversation([customer, 'I want 2'], [customer, '4111 1111 1111 1111'])
    expect(textsOf(run(said, labels))).toEqual(['I want 2', '[CARD]'])
  })
})

describe('typing errors', () => {
  const identities = identitiesOf(conversationWith({ name: 'Grace Hopper' }))
  const of = (text: string, typingErrors: boolean): string => {
    const policy: Policy = { ...defaultPolicy, typingErrors, types: { ...defaultPolicy.types, NAME: 'label' } }
    return redactText(text, { policy, key, identities }).text
  }

  test.each(['Garce', 'Grce', 'Gracee', 'gracw', 'HOPPPER', 'Höper', 'rGace'])(
    '%s is known, when asked for',
    (typed) => {
      expect(of(`hi ${typed}!`, true)).toBe('hi [NAME]!')
      expect(of(`hi ${typed}!`, false)).toBe(`hi ${typed}!`)
    },
  )

  test.each(['Trace', 'Place', 'Chopper', 'grazed', 'Graced dish', 'hop'])('%s is somebody else', (typed) => {
    const expected = typed === 'Graced dish' ? '[NAME] dish' : typed
    expect(of(typed, true)).toBe(expected)
  })
})

describe('places', () => {
  const value: Json = {
    id: 'x',
    a: [{ mail: 'a@example.org', note: 'b@example.org', n: 5 }],
    deep: { secret: { x: [1] }, keep: 'c@example.org' },
  }
  const redacted = (policy: Policy, payload: Json = value): Conversation =>
    run(aConversation({ entries: [anEntry(null, { payload })] }), policy)

  test('rules by path go before all others, exact ones before stars', () => {
    const policy = policyOf(
      'types: { EMAIL: label }\npaths: { payload.a.*.mail: drop, payload.*.secret: drop, payload.deep.keep: keep, payload.a.*.n: drop }',
    )
    const once = redacted(policy)
    expect(once.entries[0]?.payload).toEqual({
      id: 'x',
      a: [{ mail: '[REDACTED]', note: '[EMAIL]', n: null }],
      deep: { secret: null, keep: 'c@example.org' },
    })
    expect(once.redactions).toContainEqual(
      expect.objectContaining({
        field: 'payload.deep.secret',
        type: 'FIELD',
        detector: 'field-policy',
        action: 'drop',
      }),
    )
    expect(run(once, policy)).toBe(once)
  })

  test('into JSON in strings', () => {
    const policy = policyOf('types: { EMAIL: label }\npaths: { payload.inner.a: drop }')
    expect(redacted(policy, { inner: '{"a":"x","b":"a@example.org"}' }).entries[0]?.payload).toEqual({
      inner: '{"a":"[REDACTED]","b":"[EMAIL]"}',
    })
  })

  test('single places of a payload that is dropped or kept', () => {
    const dropped = policyOf(
      'types: { EMAIL: label }\nfields: { payload: drop }\npaths: { payload.id: keep, payload.a: redact }',
    )
    expect(redacted(dropped).entries[0]?.payload).toEqual({
      id: 'x',
      a: [{ mail: '[EMAIL]', note: '[EMAIL]', n: 5 }],
      deep: null,
    })
    const kept = policyOf('types: { EMAIL: label }\nfields: { payload: keep }\npaths: { payload.a.0.mail: redact }')
    expect(redacted(kept).entries[0]?.payload).toMatchObject({ a: [{ mail: '[EMAIL]', note: 'b@example.org' }] })
  })

  test('a field nobody knows is a text', () => {
    expect(
      redacted(policyOf('types: { EMAIL: label }'), { never: { heard: 'of a@example.org' } }).entries[0]?.payload,
    ).toEqual({
      never: { heard: 'of [EMAIL]' },
    })
  })
})

describe('parts of content', () => {
  const option = { id: 'o1', title: 'Room 12', subtitle: null }
  const contents: readonly (readonly [string, Content, unknown])[] = [
    [
      'fileName',
      {
        type: 'attachments',
        attachments: [{ name: 'scan.pdf', mimeType: 'application/pdf', url: 'https://x.example/1', id: 'f' }],
      },
      { attachments: [{ name: '[REDACTED]', url: 'https://x.example/1' }] },
    ],
    [
      'option',
      { type: 'choice', selected: [option] },
      { selected: [{ id: 'o1', title: '[REDACTED]', subtitle: null }] },
    ],
    ['option', { type: 'buttons', options: [option] }, { options: [{ title: '[REDACTED]' }] }],
    [
      'link',
      { type: 'rich-link', title: 'A title', url: 'https://x.example', image: null },
      { title: '[REDACTED]', url: '[REDACTED]' },
    ],
    ['option', { type: 'form', title: 'A title', fields: [] }, { title: 'A title' }],
    ['link', { type: 'form', title: 'A title', fields: [] }, { title: 'A title' }],
  ]
  test.each(contents)('%s: drop', (field, content, expected) => {
    const title = content.type === 'attachments' ? 'scan.pdf' : content.type === 'rich-link' ? 'A title' : 'Room 12'
    const conversation = aConversation({ entries: [anEntry(null, { content, payload: { title, other: 'stays' } })] })
    const policy = policyOf(`fields: { ${field}: drop }`)
    const once = run(conversation, policy)
    expect(once.entries[0]?.content).toMatchObject(expected as object)
    const isDropped = content.type !== 'form'
    expect(once.entries[0]?.payload).toEqual({ title: isDropped ? '[REDACTED]' : title, other: 'stays' })
    expect(run(once, policy)).toBe(once)
  })
})

describe('for every text, with every preset, patterns and typing errors', () => {
  const identities = identitiesOf(conversationWith({ name: 'Grace Hopper', contact: null }))
  const patterns = policyOf(
    'typingErrors: true\ntypes: { TOKEN: pseudonym }\npatterns:\n  - { name: token, type: TOKEN, match: "[A-Z][a-z]+[0-9]{0,9}" }\n  - { name: near, type: NEAR, match: "\\\\d{2}", words: [phone, order] }',
  )
  const policies = fc.constantFrom(patterns, ...presetNames.map(presetPolicy))
  const redactors = new Map<Policy, ReturnType<typeof createTextRedactor>>()
  const redactorOf = (policy: Policy): ReturnType<typeof createTextRedactor> => {
    const redactor = redactors.get(policy) ?? createTextRedactor({ policy, key })
    redactors.set(policy, redactor)
    return redactor
  }

  test('a second pass changes nothing', () => {
    fc.assert(
      fc.property(texts, policies, (text, policy) => {
        const { text: once } = redactorOf(policy).redact(text, { identities })
        expect(redactorOf(policy).redact(once, { identities })).toEqual({ text: once, redactions: [] })
      }),
      { numRuns: process.env['SLOW'] ? 100_000 : 1500 },
    )
  })

  test('a value without a conversation: structure stays, nothing known is left', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), texts), (value) => {
        const redactor = redactorOf(defaultPolicy)
        const { value: once, redactions } = redactor.redactJson(value, { identities, field: 'row' })
        expect(redactor.redactJson(once, { identities }).value).toEqual(once)
        if (redactions.length === 0) expect(once).toBe(value)
        for (const { field } of redactions) expect(field.startsWith('row.')).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
