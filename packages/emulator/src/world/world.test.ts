import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { smallWorld } from '../testing/small-world.ts'
import { luhnDigit } from './banking.ts'
import { hostileTexts } from './phrases/hostile.ts'
import { messageSteps } from './script.ts'
import { isMessage, type World } from './world.ts'

function* everything(world: World) {
  for (let index = 0; index < world.conversations; index++) {
    const conversation = world.conversation(index)
    for (const step of conversation.steps) yield { index, conversation, step, entry: world.entry(index, step) }
  }
}

describe('entries', () => {
  const world = smallWorld(400)

  test('have ids of their own and lie, in order, inside their session', () => {
    const ids = new Set<string>()
    let count = 0
    let before: { index: number; at: number } | undefined
    for (const { index, conversation, step, entry } of everything(world)) {
      ids.add(entry.entryId)
      count += 1
      const session = conversation.outline.sessions[step.session]
      expect(step.at).toBeGreaterThanOrEqual(session?.start ?? Number.NaN)
      expect(step.at).toBeLessThanOrEqual(session?.end ?? Number.NaN)
      if (before?.index === index) expect(step.at).toBeGreaterThanOrEqual(before.at)
      before = { index, at: step.at }
    }
    expect(ids.size).toBe(count)
    expect(count / world.conversations).toBeGreaterThan(12)
    expect(count / world.conversations).toBeLessThan(22)
  })

  test('are the same whenever and in whatever order they are asked for', () => {
    const again = smallWorld(400)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 399 }), (index) => {
        const read = (from: World) => from.conversation(index).steps.map((step) => from.entry(index, step))
        expect(read(again)).toEqual(read(world))
      }),
    )
  })

  test('agree with the counts of their sessions', () => {
    for (let index = 0; index < world.conversations; index++) {
      const { outline, steps } = world.conversation(index)
      for (const { number } of outline.sessions) {
        const sent = (role: string) =>
          steps.filter((step) => step.session === number && step.role === role && isMessage(step)).length
        expect(world.messageCounts(index, number)).toEqual({ agent: sent('Agent'), endUser: sent('EndUser') })
      }
    }
  })
})

describe('a world of sixty conversations', () => {
  const world = smallWorld(60, { longEntries: 1_200 })
  const entries = [...everything(world)]

  test('has every kind of message and event', () => {
    const kinds = new Set(entries.map(({ step }) => step.kind))
    expect(messageSteps.filter((kind) => !kinds.has(kind))).toEqual([])
    const types = new Set(entries.map(({ entry }) => entry.entryType))
    expect([...types].sort()).toEqual([
      'ClientMenu',
      'CloseConversation',
      'ConsultConversationInfo',
      'DeliveryAcknowledgement',
      'EndUserConsentUpdated',
      'FlagLower',
      'FlagRaise',
      'Message',
      'MessageDeliveryFailed',
      'MessageUpdated',
      'ModalityUpdate',
      'Note',
      'ParticipantChanged',
      'QuantumEntanglementUpdated',
      'ReadAcknowledgement',
      'RoutingResult',
      'RoutingWorkResult',
      'SessionContext',
      'SessionOwnerChanged',
      'SessionStatusChanged',
    ])
  })

  test('has every hostile text, a very long one, and numbers and keys that trip parsers', () => {
    const payloads = entries.map(({ entry }) => JSON.stringify(entry.payload))
    const all = payloads.join('\n')
    expect(hostileTexts.filter((text) => !all.includes(JSON.stringify(text).slice(1, -1)))).toEqual([])
    expect(all).toContain('9007199254740993')
    expect(all).toContain('"__proto__":{"admin":true}')
    expect(payloads.some((payload) => payload.length > 20_000)).toBe(true)
    expect(payloads.some((payload) => payload === 'null')).toBe(true)
  })

  test('has all languages, both directions of writing, and two people of one name', () => {
    const people = Array.from({ length: world.population.people }, (_, number) => world.person(number))
    expect(new Set(people.map(({ locale }) => locale.tag)).size).toBe(10)
    const names = people.map(({ name }) => name)
    expect(new Set(names).size).toBeLessThan(names.length)
    expect(new Set(people.map(({ phone }) => phone.e164)).size).toBe(people.length)
    expect(new Set(people.map(({ email }) => email)).size).toBe(people.length)
  })

  test('has entries on both borders of the month, conversations across them and outside', () => {
    const { from, to } = world.timeline
    const times = new Set(entries.map(({ step }) => step.at))
    expect(times.has(from) && times.has(to)).toBe(true)
    const spans = Array.from({ length: 60 }, (_, index) => world.conversation(index).steps.map(({ at }) => at))
    const across = (border: number) => spans.filter((at) => (at[0] ?? 0) < border && (at.at(-1) ?? 0) > border).length
    expect(across(from)).toBeGreaterThan(0)
    expect(across(to)).toBeGreaterThan(0)
    expect(spans.some((at) => (at.at(-1) ?? to) < from)).toBe(true)
    expect(spans.some((at) => (at[0] ?? 0) >= to)).toBe(true)
  })

  test('has a long conversation, an empty one, one without messages, and equal timestamps', () => {
    const conversations = Array.from({ length: 60 }, (_, index) => world.conversation(index))
    expect(conversations.filter(({ steps }) => steps.length > 1_000)).toHaveLength(1)
    expect(conversations.some(({ steps }) => steps.length === 0)).toBe(true)
    expect(conversations.some(({ steps }) => steps.length > 0 && !steps.some(isMessage))).toBe(true)
    const tied = conversations.some(({ steps }) => steps.some((step, k) => k > 0 && step.at === steps[k - 1]?.at))
    expect(tied).toBe(true)
  })

  test('plants what it says, where it says: cards pass Luhn, IBANs their check', () => {
    const planted = entries.flatMap(({ entry }) => entry.planted.map((mention) => ({ ...mention, entry })))
    for (const { literal, entry } of planted)
      expect(JSON.stringify(entry.payload)).toContain(JSON.stringify(literal).slice(1, -1))
    for (const { type, literal } of planted) {
      const bare = literal.replace(/[ -]/g, '')
      if (type === 'CARD') expect(luhnDigit(bare.slice(0, -1))).toBe(bare.at(-1))
      if (type === 'IBAN') expect(ibanRemainder(bare)).toBe(1n)
    }
    expect(new Set(planted.map(({ type }) => type)).size).toBe(7)
  })
})

describe('an appended entry', () => {
  test('comes last, is counted by its session, and moves the end of the conversation', () => {
    const world = smallWorld()
    const before = world.conversation(10)
    const session = before.outline.sessions.length - 1
    const counts = world.messageCounts(10, session)
    const step = world.append(10, { at: before.end + 5_000, role: 'Agent', text: 'late' })
    const after = world.conversation(10)
    expect(after.steps.at(-1)).toEqual(step)
    expect(after.steps).toHaveLength(before.steps.length + 1)
    expect(after.end).toBe(before.end + 5_000)
    expect(world.endOf(10)).toBe(after.end)
    expect(world.messageCounts(10, session)).toEqual({ ...counts, agent: counts.agent + 1 })
    const { overlapping } = world
    expect(overlapping(after.end, after.end + 1).first).toBeLessThanOrEqual(10)
  })

  test('may go to a conversation without any, and far behind its end', () => {
    const world = smallWorld()
    const empty = world.timeline.first + 7
    expect(world.conversation(empty).steps).toEqual([])
    const at = world.timeline.to + 90 * 86_400_000
    world.append(empty, { at })
    expect(world.conversation(empty).steps).toHaveLength(1)
    expect(world.overlapping(at, at + 1).first).toBeLessThanOrEqual(empty)
  })

  test('is refused where it cannot be', () => {
    const world = smallWorld()
    expect(() => world.append(60)).toThrow(expect.objectContaining({ code: 'EMULATOR_CONVERSATION' }))
    expect(() => world.append(-1)).toThrow(expect.objectContaining({ code: 'EMULATOR_CONVERSATION' }))
    expect(() => world.append(5, { at: 0 })).toThrow(expect.objectContaining({ code: 'EMULATOR_ENTRY_TOO_EARLY' }))
  })
})

test('the smallest worlds hold together', () => {
  for (let conversations = 1; conversations <= 30; conversations++) {
    const world = smallWorld(conversations)
    expect([...everything(world)].length).toBeGreaterThan(0)
  }
})

function ibanRemainder(iban: string): bigint {
  const moved = iban.slice(4) + iban.slice(0, 4)
  return BigInt([...moved].map((c) => Number.parseInt(c, 36)).join('')) % 97n
}
