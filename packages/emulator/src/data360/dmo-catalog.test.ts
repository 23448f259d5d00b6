import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nothingAbsent } from '../deletion/absence.ts'
import { createLossBook, type Loss } from '../faults/lossy.ts'
import { execute } from '../sql/execute.ts'
import type { Value } from '../sql/table.ts'
import { smallCatalog } from '../testing/data360-client.ts'
import { smallWorld } from '../testing/small-world.ts'
import { type Data360Switches, defaultData360Switches } from './data360-switches.ts'
import { dmoCatalog } from './dmo-catalog.ts'

const entry = 'ssot__ConversationEntry__dlm'

async function rows(sql: string, switches: Partial<Data360Switches> = {}): Promise<(readonly Value[])[]> {
  const result = await execute(smallCatalog(60, switches), sql)
  return Array.from(result.rows(await result.placeOf(0)), ({ values }) => values)
}

const world = smallWorld(60, { longEntries: 120 })

test('participants and roles are those of the org, for every entry', async () => {
  const found = await rows(
    `SELECT e.ssot__Id__c, c.ssot__ExternalRecordId__c, p.ssot__ParticipantDisplayName__c, r.ssot__EngagementParticipantRole__c, r.ssot__ParticipantId__c
     FROM ${entry} e
     LEFT JOIN ssot__Conversation__dlm c ON e.ssot__ConversationId__c = c.ssot__Id__c
     LEFT JOIN ssot__EngagementChannelParticipant__dlm p ON e.ssot__EngagementParticipantId__c = p.ssot__Id__c
     LEFT JOIN ssot__EngagementParticipantAppRole__dlm r ON p.ssot__EngagementParticipantAppRoleId__c = r.ssot__Id__c`,
  )
  const byId = new Map(found.map(([id, ...rest]) => [id, rest]))
  let checked = 0
  for (let index = 0; index < world.conversations; index++) {
    const { outline, steps } = world.conversation(index)
    for (const step of steps) {
      const [conversation, name, role, appType] = byId.get(world.entryId(index, step)) ?? []
      expect([conversation, role]).toEqual([outline.identifier, step.role])
      if (step.role === 'EndUser') expect(name).toBe(world.person(outline.person).name)
      expect(appType).toMatch(/\w/)
      checked += 1
    }
  }
  expect(found).toHaveLength(checked)
})

test('a window of time brings what lies in it, and looks no further', async () => {
  const instants = fc.integer({ min: Date.UTC(2026, 8, 25), max: Date.UTC(2026, 10, 8) })
  const zones = fc.constantFrom(0, -180, 330)
  await fc.assert(
    fc.asyncProperty(instants, instants, zones, async (a, b, wallClockMinutes) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)]
      const literal = (at: number) => `'${new Date(at + wallClockMinutes * 60_000).toISOString()}'`
      const sql = `SELECT ssot__Id__c FROM ${entry} WHERE ssot__TranscriptedDateTime__c >= ${literal(from)} AND ssot__TranscriptedDateTime__c < ${literal(to)}`
      const found = (await rows(sql, { wallClockMinutes })).map(([id]) => id)
      const expected: string[] = []
      for (let index = 0; index < world.conversations; index++) {
        for (const step of world.conversation(index).steps) {
          if (step.at >= from && step.at < to) expected.push(world.entryId(index, step))
        }
      }
      expect(found).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})

test('every field of time finds its own values', async () => {
  for (const [table, fields] of [
    [entry, ['ClientDateTime', 'TranscriptedDateTime', 'CreatedDate', 'LastModifiedDate']],
    ['ssot__Conversation__dlm', ['StartDateTime', 'EndDateTime', 'CreatedDate', 'LastModifiedDate', 'SystemModstamp']],
    ['ssot__MessagingSession__dlm', ['MessagingSessionStartTime', 'MessagingSessionEndTime', 'AcceptedDateTime']],
    ['ssot__EngagementChannelParticipant__dlm', ['JoinedDateTime', 'LeftDateTime', 'CreatedDate', 'LastModifiedDate']],
  ] as const) {
    for (const field of fields) {
      const name = `ssot__${field}__c`
      const all = (await rows(`SELECT ${name} FROM ${table} WHERE ${name} IS NOT NULL`)).map(([at]) => Number(at))
      const bounds = [...new Set([Math.min(...all), Math.max(...all), all[Math.floor(all.length / 2)] ?? 0])]
      for (const bound of bounds) {
        const literal = `'${new Date(bound).toISOString()}'`
        for (const [operator, fits] of [
          ['>=', (at: number) => at >= bound],
          ['>', (at: number) => at > bound],
          ['<=', (at: number) => at <= bound],
          ['<', (at: number) => at < bound],
        ] as const) {
          const found = await rows(`SELECT ${name} FROM ${table} WHERE ${name} ${operator} ${literal}`)
          expect(found.length, `${table} ${name} ${operator} ${literal}`).toBe(all.filter(fits).length)
        }
      }
    }
  }
})

test('ids find their rows, whatever they are of', async () => {
  for (const [table, field] of [
    [entry, 'Id'],
    [entry, 'ConversationId'],
    [entry, 'EngagementParticipantId'],
    ['ssot__Conversation__dlm', 'ExternalRecordId'],
    ['ssot__MessagingSession__dlm', 'Id'],
    ['ssot__EngagementParticipantAppRole__dlm', 'Id'],
  ] as const) {
    const name = `ssot__${field}__c`
    const all = (await rows(`SELECT ${name} FROM ${table}`)).map(([id]) => id)
    for (const id of new Set([all[0], all.at(-1), all[all.length >> 1]])) {
      const found = await rows(`SELECT ${name} FROM ${table} WHERE ${name} = '${id}'`)
      expect(found.length, name).toBe(all.filter((other) => other === id).length)
    }
  }
})

describe('switches', () => {
  const one = async (field: string, switches: Partial<Data360Switches>) =>
    (await rows(`SELECT ssot__${field}__c FROM ${entry}`, switches)).map(([value]) => value)

  test('payloads as JSON, as plain text, or one or the other', async () => {
    // Somebody writes a text that looks like a payload, but no payload is without an id.
    const isJson = (text: Value | undefined) =>
      typeof text === 'string' && text.startsWith('{"entryType"') && text.includes('"id":')
    expect((await one('PayloadText', {})).every((text) => text === null || isJson(text))).toBe(true)
    const plain = await one('PayloadText', { payloadText: 'plain' })
    expect(plain.some(isJson)).toBe(false)
    expect(plain.filter((text) => text !== null).length).toBeGreaterThan(plain.length / 2)
    const mixed = (await one('PayloadText', { payloadText: 'mixed' })).filter(isJson)
    expect(mixed.length).toBeGreaterThan(plain.length / 4)
    expect(mixed.length).toBeLessThan(plain.length * 0.75)
  })

  test('types in three spellings', async () => {
    expect(await one('ConversationEntryType', {})).toContain('ParticipantChanged')
    expect(await one('ConversationEntryType', { entryTypes: 'upper' })).toContain('PARTICIPANT_CHANGED')
    const types = await one('ConversationEntryType', { entryTypes: 'text' })
    expect(types).toContain('text')
    expect(types).not.toContain('Message')
  })

  test('ids of sessions, record ids of entries, entries of no conversation', async () => {
    for (const id of await one('ConversationId', { conversationIds: '0Mw' })) expect(id).toMatch(/^0Mw.{15}$/)
    const ids = await one('Id', { entryIds: 'record-id' })
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^0dx.{15}$/)
    const owners = await one('ConversationId', { orphanEveryNthEntry: 10 })
    expect(owners.filter((id) => id === null).length).toBeGreaterThan(20)
  })

  test('names of objects; objects that are missing', () => {
    const names = (switches: Partial<Data360Switches>) =>
      [...smallCatalog(8, switches).values()].map(({ name }) => name)
    expect(names({})).toContain('ssot__ConversationEntry__dlm')
    expect(names({ dmoNames: 'std' })).toContain('std__ConversationEntryDmo__dlm')
    expect(names({ dmoNames: 'both' })).toHaveLength(10)
    expect(names({ missingDmos: ['MessagingSession', 'EngagementParticipantAppRole'] })).toHaveLength(3)
  })

  test('entries younger than an hour are not there; the clock’s future is', async () => {
    const last = Math.max(...world.conversation(30).steps.map(({ at }) => at))
    const seen = async (now: number, visibilityLagMs = 3_600_000) => {
      const switches = { ...defaultData360Switches, visibilityLagMs }
      const losses = { lost: () => false }
      const catalog = dmoCatalog({
        world,
        switches,
        losses,
        absent: nothingAbsent,
        now,
        appended: new Map(),
        empty: false,
      })
      const literal = `'${new Date(last).toISOString()}'`
      const result = await execute(
        catalog,
        `SELECT ssot__Id__c FROM ${entry} WHERE ssot__TranscriptedDateTime__c = ${literal}`,
      )
      return result.count()
    }
    expect(await seen(last - 1)).toBe(1)
    expect(await seen(last)).toBe(0)
    expect(await seen(last + 3_599_999)).toBe(0)
    expect(await seen(last + 3_600_000)).toBe(1)
    expect(await seen(last, 0)).toBe(1)
  })
})

test('what is lost on purpose is missing from rows and counts alike, and nothing else', async () => {
  const every = fc.integer({ min: 2, max: 60 }).map((n): Loss => ({ every: n }))
  const conversation = fc.integer({ min: 0, max: 59 }).map((index): Loss => ({ conversation: index }))
  await fc.assert(
    fc.asyncProperty(fc.oneof(every, conversation), async (loss) => {
      const losses = createLossBook({ data360: loss }, world)
      const switches = defaultData360Switches
      const catalog = dmoCatalog({
        absent: nothingAbsent,
        world,
        switches,
        losses,
        now: Date.UTC(2027, 0, 1),
        appended: new Map(),
        empty: false,
      })
      const result = await execute(catalog, `SELECT ssot__Id__c FROM ${entry}`)
      const found = Array.from(result.rows(await result.placeOf(0)), ({ values }) => values[0])
      const kept: string[] = []
      for (let index = 0; index < world.conversations; index++) {
        for (const step of world.conversation(index).steps) {
          if (!losses.lost('data360', index, step)) kept.push(world.entryId(index, step))
        }
      }
      expect(found).toEqual(kept)
      expect(await result.count()).toBe(kept.length)
    }),
    { numRuns: 30 },
  )
})
