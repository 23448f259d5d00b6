import type { Conversation, Json } from '@custody/model'
import { parseJson, toRecordId } from '@custody/model'
import { testStage } from '@custody/testkit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findSpans } from './find-spans.ts'
import { createRedactionTally, defaultPolicy, identitiesOf, type Policy, redact, residue } from './index.ts'
import { personalDataTypes } from './personal-data-type.ts'
import { redactConversation } from './redact-conversation.ts'
import { createRedactor } from './redactor.ts'
import { aConversation, anEndUser, anEntry, aParticipant, deepFreeze } from './testing/conversations.ts'
import { texts } from './testing/texts.ts'

const key = new Uint8Array(32).fill(7)
const labels: Policy = {
  ...defaultPolicy,
  types: {
    ...(Object.fromEntries(personalDataTypes.map((type) => [type, 'label'])) as Policy['types']),
    URL: 'keep',
  },
}
const run = (conversation: Conversation, policy: Policy = labels): Conversation =>
  redactConversation(deepFreeze(conversation), createRedactor({ policy, key }))
/** The first entry of a conversation with Grace, by its payload. */
const payload = (value: Json, policy?: Policy): Json | undefined =>
  run(aConversation({ endUsers: [anEndUser()], entries: [anEntry(null, { payload: value })] }), policy).entries[0]
    ?.payload

const payloads: fc.Arbitrary<Json> = fc.jsonValue({ maxDepth: 3 }).chain((json) =>
  fc.oneof(
    fc.constant(json as Json),
    fc.constant(JSON.stringify(json)),
    fc.record({
      abstractMessage: fc.record({ id: fc.uuid(), staticContent: fc.record({ text: texts }) }),
      [`x`]: fc.constant(json as Json),
    }),
    fc.dictionary(texts, texts),
  ),
)
const conversations: fc.Arbitrary<Conversation> = fc
  .record({
    identifier: fc.uuid(),
    names: fc.array(fc.constantFrom('Grace Hopper', '+49 170 1234567', 'Will', '山田太郎', null), { maxLength: 2 }),
    entries: fc.array(
      fc.record({
        entryId: fc.uuid(),
        text: fc.option(texts),
        payload: payloads,
        role: fc.constantFrom('end-user', 'agent', 'bot', 'other'),
      }),
      { maxLength: 3 },
    ),
  })
  .map(({ identifier, names, entries }) =>
    aConversation({
      identifier,
      endUsers: names.map((name, index) => anEndUser({ name, recordId: toRecordId(`0PARM000000000${index}`) ?? '' })),
      participants: [aParticipant('end-user', names[0] ?? null), aParticipant('agent', 'Grace Turing')],
      entries: entries.map(({ entryId, text, payload, role }) =>
        anEntry(text, {
          entryId,
          payload,
          sender: { role, appType: 'messaging', subject: `uid:${entryId}`, displayName: names[0] ?? 'Robo' },
        }),
      ),
    }),
  )

testStage({
  test,
  stage: () => redact({ policy: defaultPolicy, key }),
  records: conversations.map((conversation) => deepFreeze(JSON.parse(JSON.stringify(conversation)) as Conversation)),
  idOf: ({ identifier }) => identifier,
  idsOf: ({ identifier }) => [identifier],
  runs: 20,
})

describe('for every conversation', () => {
  const redactor = createRedactor({ policy: defaultPolicy, key })

  test('a second pass gives the same object back', () => {
    fc.assert(
      fc.property(conversations, (conversation) => {
        const once = redactConversation(deepFreeze(conversation), redactor)
        expect(redactConversation(deepFreeze(once), redactor)).toBe(once)
      }),
      { numRuns: process.env['SLOW'] ? 5000 : 500 },
    )
  })

  test('ids, times and the number and order of entries stay', () => {
    const frame = ({ entries, redactions, participants, endUsers, ...rest }: Conversation) => ({
      ...rest,
      participants: participants.map(({ displayName, ...participant }) => participant),
      endUsers: endUsers.map(({ recordId, contactId }) => ({ recordId, contactId })),
      entries: entries.map(({ text, content, payload, sender: { role, appType }, ...entry }) => ({
        ...entry,
        role,
        appType,
      })),
    })
    fc.assert(
      fc.property(conversations, (conversation) => {
        expect(frame(redactConversation(conversation, redactor))).toEqual(frame(conversation))
      }),
    )
  })

  test('no residue, and none of it in the redactions', () => {
    fc.assert(
      fc.property(conversations, (conversation) => {
        const redacted = redactConversation(conversation, redactor)
        const identities = identitiesOf(conversation)
        expect(residue(redacted, identities)).toEqual([])
        for (const { field } of redacted.redactions) {
          const spans = findSpans(field, { identities, ignored: new Set(['URL']) })
          expect(spans.filter(({ detector }) => detector === 'identity')).toEqual([])
        }
      }),
      { numRuns: process.env['SLOW'] ? 5000 : 500 },
    )
  })
})

test('a conversation in which nothing is found is the same object', () => {
  const conversation = aConversation({
    entries: [
      anEntry('Where is my order 1234567890?', {
        sender: { role: 'agent', appType: 'agent', subject: '005RM0000000001YAA', displayName: 'Alan' },
        payload: { abstractMessage: { text: 'Where is my order 1234567890?' } },
      }),
    ],
  })
  expect(run(conversation)).toBe(conversation)
})

describe('fields', () => {
  const conversation = aConversation({
    endUsers: [
      anEndUser({
        contact: {
          names: ['Grace B. Hopper'],
          emails: ['g@example.org'],
          phones: ['0170 1234567'],
          addresses: ['12 Main St'],
        },
      }),
    ],
    participants: [
      aParticipant('end-user', 'Grace Hopper'),
      aParticipant('agent', 'Grace Turing'),
      aParticipant('bot', 'Robo'),
      aParticipant('other', 'Somebody'),
    ],
    entries: [
      anEntry('I am Grace', {
        relatedRecords: ['0MwRM00000000010AA', 'mail g@example.org'],
        content: {
          type: 'attachments',
          attachments: [
            {
              name: 'passport_grace_hopper.pdf',
              mimeType: 'application/pdf',
              url: 'https://x.example/f?m=g@example.org',
              id: '7f0c7a52-9d2e-4a7b-8b38-0d6f3c1f4e11',
            },
          ],
        },
      }),
      anEntry('Hi Grace, this is Grace Turing', {
        sender: { role: 'agent', appType: 'agent', subject: '005RM0000000001YAA', displayName: 'Grace Turing' },
      }),
    ],
  })

  test('end users are replaced wherever they are named, agents stay', () => {
    const { participants, entries, endUsers, redactions } = run(conversation)
    expect(participants.map(({ displayName }) => displayName)).toEqual(['[NAME]', 'Grace Turing', 'Robo', '[NAME]'])
    expect(entries[0]?.sender).toMatchObject({ subject: '[PHONE]', displayName: '[NAME]', role: 'end-user' })
    expect(entries[0]?.text).toBe('I am [NAME]')
    expect(entries[0]?.relatedRecords).toEqual(['0MwRM00000000010AA', 'mail [EMAIL]'])
    expect(entries[0]?.content).toEqual({
      type: 'attachments',
      attachments: [
        {
          name: 'passport_[NAME].pdf',
          mimeType: 'application/pdf',
          url: 'https://x.example/f?m=[EMAIL]',
          id: '7f0c7a52-9d2e-4a7b-8b38-0d6f3c1f4e11',
        },
      ],
    })
    expect(entries[1]?.sender).toEqual(conversation.entries[1]?.sender)
    expect(entries[1]?.text).toBe('Hi [NAME], this is [NAME] Turing')
    expect(endUsers).toEqual([
      {
        ...conversation.endUsers[0],
        name: '[NAME]',
        platformKey: '[PHONE]',
        contact: { names: ['[NAME]'], emails: ['[EMAIL]'], phones: ['[PHONE]'], addresses: ['[ADDRESS]'] },
      },
    ])
    expect(redactions).toContainEqual({
      entryId: conversation.entries[0]?.entryId,
      field: 'content.attachments.0.name',
      type: 'NAME',
      detector: 'identity',
      action: 'label',
      start: 9,
      length: 12,
    })
    expect(redactions).toContainEqual({
      entryId: null,
      field: 'participants.0.displayName',
      type: 'NAME',
      detector: 'field-policy',
      action: 'label',
      start: 0,
      length: 12,
    })
  })

  test('one person has one pseudonym in every field, one number another', () => {
    const { participants, entries, endUsers } = run(conversation, defaultPolicy)
    const name = participants[0]?.displayName
    expect(name).toMatch(/^\[NAME:k1:/)
    expect([
      entries[0]?.sender.displayName,
      endUsers[0]?.name,
      endUsers[0]?.contact?.names[0],
      entries[0]?.text?.slice(5),
    ]).toEqual([name, name, name, name])
    expect(entries[0]?.sender.subject).toMatch(/^\[PHONE:k1:/)
    expect([endUsers[0]?.platformKey, endUsers[0]?.contact?.phones[0]]).toEqual([
      entries[0]?.sender.subject,
      entries[0]?.sender.subject,
    ])
  })

  test('agents: redact', () => {
    const { participants, entries } = run(conversation, { ...labels, agents: 'redact' })
    expect(participants.map(({ displayName }) => displayName)).toEqual(['[NAME]', '[AGENT]', 'Robo', '[NAME]'])
    expect(entries[1]?.sender.displayName).toBe('[AGENT]')
    expect(entries[1]?.text).not.toContain('Turing')
  })

  test('an agent with the very name of the end user does not keep it', () => {
    const { participants } = run({ ...conversation, participants: [aParticipant('agent', 'Hopper, Grace')] })
    expect(participants[0]?.displayName).toBe('[NAME]')
  })

  test('field rules: drop and keep', () => {
    const policy: Policy = {
      ...labels,
      fields: {
        ...labels.fields,
        text: 'drop',
        content: 'drop',
        payload: 'keep',
        displayName: 'keep',
        subject: 'drop',
      },
    }
    const { entries, redactions } = run(conversation, policy)
    expect(entries[0]).toMatchObject({
      text: null,
      content: null,
      sender: { subject: null, displayName: 'Grace Hopper' },
    })
    expect(redactions.map(({ field, type, action }) => `${field} ${type} ${action}`)).toContain('text FIELD drop')
  })
})

describe('payload', () => {
  test('every string, by path; structure stays', () => {
    const value: Json = {
      entryType: 'Message',
      id: '7f0c7a52-9d2e-4a7b-8b38-0d6f3c1f4e11',
      abstractMessage: {
        staticContent: {
          formatType: 'Text',
          text: 'Grace: ada@example.org',
          unheardOf: ['x', { y: 'call 0170 1234567' }],
        },
      },
      timestamp: 1790843400000,
      empty: '',
      nothing: null,
      yes: true,
    }
    expect(payload(value)).toEqual({
      ...value,
      abstractMessage: {
        staticContent: { formatType: 'Text', text: '[NAME]: [EMAIL]', unheardOf: ['x', { y: 'call [PHONE]' }] },
      },
    })
  })

  test('as JSON text: parsed, walked, written again; untouched text stays byte for byte', () => {
    expect(payload('{"text": "I am Gr\\u0061ce", "n": 12345678901234567890}')).toBe(
      '{"text":"I am [NAME]","n":12345678901234567890}',
    )
    const spaced = '{ "text" : "nothing here", "n": 1.0 }'
    expect(payload(spaced)).toBe(spaced)
    expect(payload('{"inner":"{\\"text\\":\\"Grace\\"}"}')).toBe('{"inner":"{\\"text\\":\\"[NAME]\\"}"}')
    expect(payload('not JSON, Grace')).toBe('not JSON, [NAME]')
    expect(payload('{"broken": "Grace"')).toBe('{"broken": "[NAME]"')
  })

  test('a member that another one shadows is taken out, and reported', () => {
    const redacted = run(
      aConversation({ endUsers: [anEndUser()], entries: [anEntry(null, { payload: '{"a":"Grace","a":"x:y"}' })] }),
    )
    expect(redacted.entries[0]?.payload).toBe('{"a":"x:y"}')
    expect(redacted.redactions).toContainEqual(
      expect.objectContaining({ field: 'payload', type: 'SHADOWED', action: 'drop' }),
    )
  })

  test('numbers that are known or prove themselves become strings; others stay', () => {
    expect(
      payload({
        a: 491701234567,
        b: 4111111111111111,
        c: 7654321,
        d: 1.5,
        phoneNumber: 4500840,
        orderId: 4111111111111111,
      }),
    ).toEqual({
      a: '[PHONE]',
      b: '[CARD]',
      c: 7654321,
      d: 1.5,
      phoneNumber: '[PHONE]',
      orderId: 4111111111111111,
    })
    expect(JSON.stringify(payload(parseJson('{"a":49170123456700000000,"b":12345678901234567890}')))).toBe(
      '{"a":"[PHONE]00000000","b":12345678901234567890}',
    )
  })

  test('keys that are text are redacted, also two alike; keys that are identifiers are not', () => {
    expect(payload({ 'Grace Hopper': 1, 'Hopper, Grace': 2, grace: 3, 'ada@example.org': { x: 'Grace' } })).toEqual({
      '[NAME]': 1,
      '[NAME] 2': 2,
      grace: 3,
      '[EMAIL]': { x: '[NAME]' },
    })
    const redacted = run(
      aConversation({ endUsers: [anEndUser()], entries: [anEntry(null, { payload: { 'Grace Hopper': 'Grace' } })] }),
    )
    expect(redacted.redactions.map(({ field }) => field)).toContain('payload.[NAME]')
  })

  test('keys that look like an attack are members like others', () => {
    const value = parseJson('{"__proto__":{"text":"Grace"},"constructor":"Grace"}')
    expect(JSON.stringify(payload(value))).toBe('{"__proto__":{"text":"[NAME]"},"constructor":"[NAME]"}')
  })

  test('a structural key protects only what looks structural', () => {
    expect(
      payload({ id: 'Grace', role: 'Grace Hopper', status: 'a@example.org', timestamp: 'Grace', status2: 'Ended' }),
    ).toEqual({
      id: '[NAME]',
      role: '[NAME]',
      status: '[EMAIL]',
      timestamp: '[NAME]',
      status2: 'Ended',
    })
    const policy: Policy = { ...labels, structuralKeys: ['orderNumber'] }
    expect(payload({ orderNumber: '0170-1234567', other: 1701234567 }, policy)).toEqual({
      orderNumber: '[PHONE]',
      other: '[PHONE]',
    })
    expect(payload({ orderNumber: 1701234567 }, policy)).toEqual({ orderNumber: 1701234567 })
  })

  test('an id that is the end user’s own key goes', () => {
    const uid = '7f0c7a52-9d2e-4a7b-8b38-0d6f3c1f4e11'
    const conversation = aConversation({
      endUsers: [anEndUser({ platformKey: `uid:${uid}` })],
      entries: [anEntry(null, { payload: { id: uid } })],
    })
    expect(run(conversation).entries[0]?.payload).toEqual({ id: '[PLATFORM_KEY]' })
  })

  test('what the label tells in the text goes in the payload too', () => {
    const conversation = aConversation({
      entries: [anEntry('Phone: 450 0840', { payload: { inputs: [{ displayValue: '450 0840' }] } })],
    })
    expect(run(conversation).entries[0]).toMatchObject({
      text: 'Phone: [PHONE]',
      payload: { inputs: [{ displayValue: '[PHONE]' }] },
    })
  })

  test('a number that answers a question is what was asked for, in text and payload', () => {
    const answer = (question: string): Conversation =>
      run(
        aConversation({
          entries: [
            anEntry(question, { entryId: 'a' }),
            anEntry(null, { entryId: 'b' }),
            anEntry('920 000 048', { entryId: 'c', payload: { text: '920 000 048' } }),
          ],
        }),
      )
    expect(answer('What is your phone number?').entries[2]).toMatchObject({
      text: '[PHONE]',
      payload: { text: '[PHONE]' },
    })
    expect(answer('What is your order number?').entries[2]).toMatchObject({
      text: '920 000 048',
      payload: { text: '920 000 048' },
    })
  })

  test('what is nested too deep to be searched is cut off, and reported', () => {
    let value: Json = 'Grace'
    for (let depth = 0; depth < 5000; depth++) value = [value]
    const redacted = run(aConversation({ entries: [anEntry(null, { payload: JSON.stringify(value) })] }))
    expect(redacted.entries[0]?.payload).toMatch(/^\[+"\[UNREAD\]"\]+$/)
    expect(redacted.redactions).toContainEqual(expect.objectContaining({ type: 'UNREAD', action: 'drop' }))
  })
})

describe('residue', () => {
  const conversation = aConversation({
    endUsers: [
      anEndUser({ contact: { names: [], emails: ['grace@example.org'], phones: [], addresses: ['12 Main St'] } }),
    ],
    entries: [anEntry('hello')],
  })
  const identities = identitiesOf(conversation)
  const inText = (text: string) =>
    residue(
      {
        ...conversation,
        entries: [anEntry(text, { sender: { role: 'bot', appType: null, subject: null, displayName: null } })],
      },
      identities,
    )

  test.each([
    ['Grace', 'NAME'],
    ['HOPPER, grace', 'NAME'],
    ['0170/1234567', 'PHONE'],
    ['Grace@example.org', 'EMAIL'],
    ['12 main st', 'ADDRESS'],
  ])('%j is found', (text, type) =>
    expect(inText(`x ${text} y`)).toContainEqual({ entryId: expect.any(String), field: 'text', type }),
  )

  test('in payloads, their keys, ids and structural fields', () => {
    const entry = anEntry(null, {
      entryId: 'x-grace@example.org',
      sender: { role: 'end-user', appType: null, subject: null, displayName: 'Grace' },
      payload: { a: [{ b: 'Hopper' }], 'Grace Hopper': 1, n: 491701234567, role: '+491701234567' },
    })
    const fields = residue({ ...conversation, entries: [entry] }, identities).map(
      ({ field, type }) => `${field} ${type}`,
    )
    expect(new Set(fields)).toEqual(
      new Set([
        'entryId EMAIL',
        'sender.displayName NAME',
        'payload.a.0.b NAME',
        'payload.1 NAME',
        'payload.n PHONE',
        'payload.role PHONE',
      ]),
    )
  })

  test('nothing in a clean one, in replacements, in names an agent keeps', () => {
    expect(inText('graceful [NAME:k1:gracegrace00] 12 main roads')).toEqual([])
    const kept = run({ ...conversation, participants: [aParticipant('agent', 'Grace Turing')] })
    expect(
      residue(kept, identitiesOf({ ...conversation, participants: [aParticipant('agent', 'Grace Turing')] })),
    ).toEqual([])
  })
})

test('the tally counts by type, action and field', () => {
  const tally = createRedactionTally()
  const conversation = aConversation({
    endUsers: [anEndUser()],
    entries: [
      anEntry('Grace, Grace Hopper: ada@example.org', { payload: { text: 'Grace' } }),
      anEntry('nothing', { entryId: 'b', sender: { role: 'bot', appType: null, subject: null, displayName: null } }),
    ],
  })
  tally.add(run(conversation))
  tally.add(aConversation())
  expect(tally.totals()).toEqual({
    conversations: 2,
    conversationsRedacted: 1,
    entries: 2,
    entriesRedacted: 1,
    counts: [
      { type: 'EMAIL', action: 'label', field: 'text', count: 1 },
      { type: 'NAME', action: 'label', field: 'payload', count: 1 },
      { type: 'NAME', action: 'label', field: 'sender.displayName', count: 1 },
      { type: 'NAME', action: 'label', field: 'text', count: 1 },
      { type: 'PHONE', action: 'label', field: 'sender.subject', count: 1 },
    ],
  })
})
