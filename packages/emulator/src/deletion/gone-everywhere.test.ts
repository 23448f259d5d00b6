import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { changedOwners } from '../snapshot.ts'
import type { EmulatorOptions, Org } from '../start-emulator.ts'
import type { TestClient } from '../testing/client.ts'
import { entriesUrl } from '../testing/connect-client.ts'
import { connectData360 } from '../testing/data360-client.ts'
import { closedEndUsers, deleteConversations, deleteEndUsers } from '../testing/deletion-client.ts'
import { everythingServed } from '../testing/everything-served.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { readZip } from '../testing/read-zip.ts'
import { withOrg } from '../testing/with-org.ts'
import { type Sight, sights } from './deletion-switches.ts'

const roomy = { entriesPerMinute: 100_000, connectPerHour: 100_000, tokenLifetimeMs: 86_400_000 * 30 }
const small: EmulatorOptions = { conversations: 48, longEntries: 30, limits: roomy, switches: { bulkPolls: 0 } }

/** What tells of a person: ids that nobody else's data holds. */
interface Traces {
  readonly records: readonly string[]
  readonly conversations: readonly string[]
  readonly entries: readonly string[]
}

async function tracesOf(org: Org, client: TestClient, endUsers: readonly string[]): Promise<Traces> {
  const among = endUsers.map((id) => `'${id}'`).join()
  const rows = await client.rows(
    `SELECT Id, ConversationId, Conversation.ConversationIdentifier FROM MessagingSession WHERE MessagingEndUserId IN (${among})`,
  )
  const conversations = rows.map(
    (row) => (row['Conversation'] as { ConversationIdentifier: string }).ConversationIdentifier,
  )
  const theirs = new Set(conversations)
  return {
    records: [...endUsers, ...rows.flatMap(({ Id, ConversationId }) => [String(Id), String(ConversationId)])],
    conversations: [...theirs],
    entries: [...org.truth.entries()]
      .filter(({ conversationIdentifier }) => theirs.has(conversationIdentifier))
      .map(({ entryId }) => entryId),
  }
}

/** Which traces have to be found through a sight, while they are there. */
function shown(sight: Sight, { records, conversations, entries }: Traces): readonly string[] {
  if (sight === 'records') return [...records, ...conversations]
  if (sight === 'data360') return [...records, ...conversations, ...entries]
  return sight === 'transcript-export' ? [...conversations, ...entries] : []
}

/** Which traces are found through a sight, by its quickest way. */
async function look(org: Org, client: TestClient, sight: Sight, traces: Traces): Promise<readonly string[]> {
  return found(await everythingServed(org, client, { sight, identifiers: traces.conversations }), traces)
}

function found(text: string, { records, conversations, entries }: Traces): readonly string[] {
  return [...records, ...conversations, ...entries].filter((trace) => text.includes(trace))
}

describe('what is deleted', () => {
  test.each(sights)('is in no answer of %s any more, and everything else is as it was', async (sight) => {
    const clock = manualClock()
    await withOrg({ ...small, clock, deletion: { files: 'deleted' } }, async (org, client) => {
      const closed = await closedEndUsers(client)
      const doomed = closed.slice(0, 8)
      const traces = await tracesOf(org, client, doomed)
      const others = await tracesOf(org, client, closed.slice(8, 12))
      const find = async (): Promise<{ seen: readonly string[]; control: readonly string[] }> => {
        const identifiers = [...traces.conversations, ...others.conversations]
        const text = await everythingServed(org, client, { sight, identifiers, how: 'thorough' })
        return { seen: found(text, traces), control: found(text, others) }
      }
      const before = org.snapshot()
      const { seen, control } = await find()
      expect(seen).toEqual(expect.arrayContaining([...shown(sight, traces)]))
      for (const list of [seen, control]) expect(list.length).toBeGreaterThan(5)

      expect((await deleteEndUsers(org, client, doomed)).status).toBe(202)
      if (sight === 'data360') {
        expect(await find()).toEqual({ seen, control })
        clock.advance(3_600_000)
      }
      expect(await find()).toEqual({ seen: [], control })
      expect(changedOwners(before, org.snapshot()).toSorted()).toEqual(doomed.toSorted())
    })
  })

  test('is not in a data export, nor are its files; what stays is the same bytes', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'emulator-gone-'))
    try {
      await withOrg({ ...small, clock: manualClock(), deletion: { files: 'deleted' } }, async (org, client) => {
        const exported = async (name: string) => {
          const [path = ''] = await org.dataExport({ directory: join(directory, name) })
          return readZip(readFileSync(path))
        }
        const doomed = (await closedEndUsers(client)).slice(0, 12)
        const { records, conversations } = await tracesOf(org, client, doomed)
        const before = await exported('before')
        await deleteEndUsers(org, client, doomed)
        const after = await exported('after')
        const text = (members: ReadonlyMap<string, Buffer>) =>
          [...members].filter(([name]) => name !== 'ConversationApiLog.csv').join('\n')
        for (const trace of [...records, ...conversations]) {
          expect(text(before)).toContain(trace)
          expect(text(after)).not.toContain(trace)
        }
        const files = (members: ReadonlyMap<string, Buffer>) =>
          [...members.keys()].filter((name) => name.startsWith('ContentVersion/'))
        expect(files(after).length).toBeLessThan(files(before).length)
        for (const name of files(after)) expect(after.get(name)?.equals(before.get(name) as Buffer)).toBe(true)
        for (const name of ['Contact.csv', 'User.csv', 'LiveChatTranscript.csv']) {
          expect(after.get(name)?.equals(before.get(name) as Buffer)).toBe(true)
        }
      })
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  test('cannot be asked for, changed, or added to', async () => {
    await withOrg(small, async (org, client) => {
      const doomed = (await closedEndUsers(client)).slice(0, 8)
      const { conversations, entries } = await tracesOf(org, client, doomed)
      const served = await everythingServed(org, client, { sight: 'conversation-data', identifiers: conversations })
      const attachments = Array.from(served.matchAll(/\/messaging\/attachments\/[\w-]+/g), ([path]) => path)
      expect(attachments.length).toBeGreaterThan(0)
      const statusOf = async (path: string) =>
        (await fetch(org.url + path, { headers: { authorization: client.authorization } })).status
      for (const path of attachments) expect(await statusOf(path)).toBe(200)
      await deleteEndUsers(org, client, doomed)
      for (const path of attachments) expect(await statusOf(path)).toBe(404)
      const [identifier = ''] = conversations
      const conversationEntriesUpdates = [{ identifier: entries[0], messageText: 'x' }]
      const patch = await fetch(entriesUrl(org, identifier), {
        method: 'PATCH',
        headers: { authorization: client.authorization },
        body: JSON.stringify({ conversationEntriesUpdates }),
      })
      expect(patch.status).toBe(404)
      expect((await client.entries(identifier)).status).toBe(404)
      expect(() => org.append(identifier)).toThrow(expect.objectContaining({ code: 'EMULATOR_CONVERSATION' }))
      expect(() => org.remove(entries[0] ?? '')).toThrow(expect.objectContaining({ code: 'EMULATOR_ENTRY' }))
      const known = new Set(conversations)
      expect([...org.truth.conversations()].some((one) => known.has(one.conversationIdentifier))).toBe(false)
      expect([...org.truth.entries()].some((one) => known.has(one.conversationIdentifier))).toBe(false)
      expect([...org.truth.endUsers()].some(({ recordId }) => doomed.includes(recordId))).toBe(false)
      expect([...org.truth.mentions()].some((one) => known.has(one.conversationIdentifier))).toBe(false)
    })
  })

  test('is still in what Data 360 found before', async () => {
    // All entries are old enough to be in Data 360.
    const clock = manualClock(Date.UTC(2027, 0, 1))
    const data360 = { batchRows: 100, unordered: 'stable' } as const
    const deletion = { lagMs: { data360: 0 } }
    await withOrg({ ...small, clock, data360, deletion }, async (org, client) => {
      const tenant = await connectData360(org)
      const [first = '', ...rest] = await closedEndUsers(client)
      await deleteEndUsers(org, client, [first])
      const held = Array.from(org.truth.entries(), ({ entryId }) => entryId)
      const sql = 'SELECT ssot__Id__c FROM ssot__ConversationEntry__dlm'
      let { body } = await tenant.tenant('POST', '/api/v2/query', { sql })
      await deleteEndUsers(org, client, rest)
      expect(org.truth.counts().entries).toBeLessThan(held.length)
      const found: unknown[] = []
      for (;;) {
        found.push(...(body['data'] as unknown[][]).map(([id]) => id))
        if (body['done'] === true) break
        body = (await tenant.tenant('GET', `/api/v2/query/${body['nextBatchId']}`)).body
      }
      expect(found.toSorted()).toEqual(held.toSorted())
    })
  })

  test('files stay where they are kept, and name no session that has gone', async () => {
    await withOrg(small, async (org, client) => {
      const soql = 'SELECT Id, FirstPublishLocationId FROM ContentVersion'
      const before = await client.rows(soql)
      const doomed = (await closedEndUsers(client)).slice(0, 12)
      const sessions = new Set((await tracesOf(org, client, doomed)).records)
      await deleteEndUsers(org, client, doomed)
      const after = await client.rows(soql)
      expect(after.map(({ Id }) => Id)).toEqual(before.map(({ Id }) => Id))
      const lost = before.filter((row) => sessions.has(String(row['FirstPublishLocationId'])))
      expect(lost.length).toBeGreaterThan(0)
      expect(after.filter((row) => row['FirstPublishLocationId'] === null)).toHaveLength(lost.length)
      const links = await client.rows('SELECT LinkedEntityId FROM ContentDocumentLink')
      expect(links).toHaveLength(before.length - lost.length)
    })
  })
})

test('a conversation that is deleted leaves its end user and their other conversations', async () => {
  await withOrg({ ...small, clock: manualClock() }, async (org, client) => {
    const conversationsOf = async (endUser: string) => {
      const soql = `SELECT ConversationId FROM MessagingSession WHERE MessagingEndUserId = '${endUser}'`
      return [...new Set((await client.rows(soql)).map(({ ConversationId }) => String(ConversationId)))]
    }
    const before = org.snapshot()
    for (const endUser of await closedEndUsers(client)) {
      const [doomed = '', ...kept] = await conversationsOf(endUser)
      if (kept.length === 0) continue
      expect((await deleteConversations(org, client, [doomed])).status).toBe(202)
      expect(changedOwners(before, org.snapshot())).toEqual([endUser])
      expect(await conversationsOf(endUser)).toEqual(kept)
      expect(await client.rows(`SELECT Id FROM Conversation WHERE Id = '${doomed}'`)).toEqual([])
      // And then the rest, with them.
      expect((await deleteEndUsers(org, client, [endUser])).status).toBe(202)
      expect(await conversationsOf(endUser)).toEqual([])
      expect(org.truth.deleted()).toMatchObject({ endUsers: [endUser], conversations: { length: kept.length + 1 } })
      return
    }
    expect.unreachable('nobody has two conversations')
  })
})

test('calls go with their conversation, and with their end user where they know of no conversation', async () => {
  await withOrg({ ...small, conversations: 200 }, async (org, client) => {
    const calls = await client.rows('SELECT Id, EndUserId, ConversationId FROM VoiceCall')
    const known = calls.find(({ ConversationId }) => ConversationId !== null)
    const alone = calls.find(({ ConversationId }) => ConversationId === null)
    for (const call of [known, alone]) org.setSessions(String(call?.['EndUserId']), 'ended')
    expect((await deleteConversations(org, client, [String(known?.['ConversationId'])])).status).toBe(202)
    expect((await deleteEndUsers(org, client, [String(alone?.['EndUserId'])])).status).toBe(202)
    const left = new Set((await client.rows('SELECT Id FROM VoiceCall')).map(({ Id }) => Id))
    expect(calls.filter(({ Id }) => !left.has(Id))).toEqual(expect.arrayContaining([known, alone]))
    expect(org.truth.deleted().endUsers).toEqual([alone?.['EndUserId']])
  })
})

describe('an org that', () => {
  test('answers 202, logs an end, and does nothing', async () => {
    await withOrg({ ...small, scenario: 'deletion-does-nothing' }, async (org, client) => {
      const [id = ''] = await closedEndUsers(client)
      const before = org.snapshot()
      expect((await deleteEndUsers(org, client, [id])).status).toBe(202)
      expect(await client.rows('SELECT Status FROM ConversationApiLog')).toMatchObject([{ Status: 'COMPLETED' }])
      expect(await client.rows(`SELECT Id FROM MessagingEndUser WHERE Id = '${id}'`)).toHaveLength(1)
      expect(changedOwners(before, org.snapshot())).toEqual([])
      expect(org.truth.deleted().endUsers).toEqual([])
      expect(org.deletion.requests).toMatchObject([{ fate: 'nothing' }])
    })
  })

  test('fails every third, says so, and leaves it whole', async () => {
    await withOrg({ ...small, scenario: 'deletion-fails' }, async (org, client) => {
      const doomed = (await closedEndUsers(client)).slice(0, 4)
      const [one, two, third, four] = doomed
      const before = org.snapshot()
      for (const id of doomed) expect((await deleteEndUsers(org, client, [id])).status).toBe(202)
      const logs = await client.rows('SELECT Status FROM ConversationApiLog ORDER BY Id')
      expect(logs.map(({ Status }) => Status)).toEqual(['COMPLETED', 'COMPLETED', 'FAILED', 'COMPLETED'])
      expect(changedOwners(before, org.snapshot()).toSorted()).toEqual([one, two, four].toSorted())
      expect(org.deletion.requests[2]).toMatchObject({ recordId: third, fate: 'failed' })
    })
  })

  test('hides everything once a deletion has ended: the record is not found, nor is any control', async () => {
    await withOrg({ ...small, scenario: 'deletion-blind', limits: roomy }, async (org, client) => {
      const [id = '', ...others] = await closedEndUsers(client)
      const traces = await tracesOf(org, client, others.slice(0, 4))
      const before = org.snapshot()
      for (const sight of sights) expect(await look(org, client, sight, traces)).not.toEqual([])
      expect((await deleteEndUsers(org, client, [id])).status).toBe(202)
      for (const sight of sights) expect(await look(org, client, sight, traces)).toEqual([])
      expect((await client.query('SELECT COUNT() FROM MessagingEndUser')).body.totalSize).toBe(0)
      expect((await client.query('SELECT COUNT() FROM Contact')).body.totalSize).toBeGreaterThan(0)
      expect(changedOwners(before, org.snapshot())).toEqual([])
    })
  })

  test('never takes it out of some of them', async () => {
    const clock = manualClock()
    const keeps = ['conversation-data', 'data360'] as const
    await withOrg({ ...small, clock, deletion: { keeps } }, async (org, client) => {
      const doomed = (await closedEndUsers(client)).slice(0, 2)
      const traces = await tracesOf(org, client, doomed)
      const seen = new Map<Sight, readonly string[]>()
      for (const sight of sights) seen.set(sight, await look(org, client, sight, traces))
      await deleteEndUsers(org, client, doomed)
      clock.advance(86_400_000)
      for (const sight of sights) {
        const isKept = keeps.some((kept) => kept === sight)
        expect(await look(org, client, sight, traces)).toEqual(isKept ? seen.get(sight) : [])
      }
      expect(org.truth.deleted().endUsers).toEqual(doomed)
    })
  })

  test.each(sights)('loses it late from %s, and shows it again later', async (sight) => {
    const clock = manualClock()
    const deletion = { lagMs: { [sight]: 5_000 }, reappearsAfterMs: { [sight]: 60_000 } }
    await withOrg({ ...small, clock, deletion }, async (org, client) => {
      const doomed = (await closedEndUsers(client)).slice(0, 2)
      const traces = await tracesOf(org, client, doomed)
      const seen = await look(org, client, sight, traces)
      await deleteEndUsers(org, client, doomed)
      const steps: [ms: number, found: readonly string[]][] = [
        [4_999, seen],
        [1, []],
        [59_999, []],
        [1, seen],
        [86_400_000, seen],
      ]
      for (const [ms, found] of steps) {
        clock.advance(ms)
        expect(await look(org, client, sight, traces)).toEqual(found)
      }
      expect(org.truth.deleted().endUsers).toEqual(doomed)
    })
  })

  test.each([
    ['done', 'COMPLETED'],
    ['failed', 'FAILED'],
    ['stuck', 'REQUESTED'],
  ] as const)('logs %s, whatever came of it', async (log, status) => {
    await withOrg({ ...small, deletion: { log } }, async (org, client) => {
      const [one = '', other = ''] = await closedEndUsers(client)
      org.deletion.set({ failing: [other] })
      await deleteEndUsers(org, client, [one])
      await deleteEndUsers(org, client, [other])
      const logs = await client.rows('SELECT Status FROM ConversationApiLog')
      expect(logs.map(({ Status }) => Status)).toEqual([status, status])
      expect(org.truth.deleted().endUsers).toEqual([one])
    })
  })

  test('has no log entries, or calls their ends by other words', async () => {
    await withOrg({ ...small, deletion: { log: 'absent', statuses: { done: 'Success' } } }, async (org, client) => {
      const [id = ''] = await closedEndUsers(client)
      await deleteEndUsers(org, client, [id])
      expect(await client.rows('SELECT Id FROM ConversationApiLog')).toEqual([])
      org.deletion.set({ log: 'true' })
      expect(await client.rows('SELECT Status FROM ConversationApiLog')).toMatchObject([{ Status: 'Success' }])
    })
  })
})
