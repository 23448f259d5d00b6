import { describe, expect, test } from 'vitest'
import { recordId } from '../ids.ts'
import { connect, type TestClient } from '../testing/client.ts'
import { closedEndUsers, deleteConversations, deleteEndUsers } from '../testing/deletion-client.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { connectAll, withOrg } from '../testing/with-org.ts'

const small = { conversations: 40, longEntries: 30 } as const
const hour = 3_600_000

/** An id by its place in a list that is known to be long enough. */
function at<T>(list: readonly T[], k: number): T {
  const found = list[k]
  if (found === undefined) throw new Error(`the list has no ${k}`)
  return found
}

describe('an accepted request', () => {
  test('names a log entry for each id, by its fifteen characters, the first requested and the others waiting', async () => {
    await withOrg({ ...small, deletion: { delayMs: 60_000 }, clock: manualClock() }, async (org, client) => {
      const [one, other] = (await closedEndUsers(client)) as [string, string]
      const { status, logs } = await deleteEndUsers(org, client, [one, other, one.slice(0, 15)])
      expect(status).toBe(202)
      expect(logs.map((log) => [log.requestedEntityIdentifier, log.status])).toEqual([
        [one.slice(0, 15), 'REQUESTED'],
        [other.slice(0, 15), 'ENQUEUED'],
      ])
      const rows = await client.rows('SELECT Id, RequestedEntityIdentifier FROM ConversationApiLog')
      expect(rows.map(({ Id }) => Id)).toEqual(logs.map(({ id }) => id))
    })
  })

  test('ends later, step by step, and nothing is gone before', async () => {
    const clock = manualClock()
    await withOrg({ ...small, deletion: { delayMs: 60_000 }, clock }, async (org, client) => {
      const id = at(await closedEndUsers(client), 0)
      const { logs } = await deleteEndUsers(org, client, [id])
      const log = async () =>
        at(await client.rows(`SELECT Status, StatusHistory FROM ConversationApiLog WHERE Id = '${logs[0]?.id}'`), 0)
      const found = async () => (await client.rows(`SELECT Id FROM MessagingEndUser WHERE Id = '${id}'`)).length
      expect([(await log())['Status'], await found()]).toEqual(['REQUESTED', 1])
      clock.advance(30_000)
      expect([(await log())['Status'], await found()]).toEqual(['IN_PROGRESS', 1])
      clock.advance(29_999)
      expect([(await log())['Status'], await found()]).toEqual(['IN_PROGRESS', 1])
      expect(org.truth.deleted().endUsers).toEqual([])
      clock.advance(1)
      expect([(await log())['Status'], await found()]).toEqual(['COMPLETED', 0])
      expect(String((await log())['StatusHistory']).split('; ')).toHaveLength(3)
      expect(org.truth.deleted().endUsers).toEqual([id])
    })
  })

  test('its log entry says who asked for what, and when', async () => {
    await withOrg(small, async (org, client) => {
      const id = at(await closedEndUsers(client), 0)
      await deleteEndUsers(org, client, [id])
      const { attributes: _, ...log } = at(
        await client.rows(
          `SELECT Action, Operation, RequestedById, RequestedEntityType, Status, Context FROM ConversationApiLog WHERE RequestedEntityIdentifier = '${id.slice(0, 15)}'`,
        ),
        0,
      )
      expect(log).toEqual({
        Action: 'Delete',
        Operation: 'deleteConversationParticipantsByParticipantEntityId',
        RequestedById: recordId('User', 900),
        RequestedEntityType: 'MessagingEndUser',
        Status: 'COMPLETED',
        Context: null,
      })
      expect(org.deletion.requests).toMatchObject([{ kind: 'end-user', recordId: id, fate: 'erased' }])
    })
  })

  test('conversations go by their record id, or by their identifier', async () => {
    await withOrg(small, async (org, client) => {
      const ended = await client.rows('SELECT ConversationId, Status FROM MessagingSession ORDER BY ConversationId')
      const open = new Set(ended.filter(({ Status }) => Status !== 'Ended').map((row) => row['ConversationId']))
      const [one, other] = [...org.truth.conversations()].filter(({ recordId: id }) => !open.has(id))
      expect((await deleteConversations(org, client, [one?.recordId ?? ''])).status).toBe(202)
      expect((await deleteConversations(org, client, [other?.conversationIdentifier ?? ''])).status).toBe(202)
      expect(org.truth.deleted()).toEqual({
        endUsers: [],
        conversations: [one?.conversationIdentifier, other?.conversationIdentifier],
      })
      const types = await client.rows('SELECT RequestedEntityType, RequestedEntityIdentifier FROM ConversationApiLog')
      expect(types).toMatchObject([
        { RequestedEntityType: 'Conversation', RequestedEntityIdentifier: one?.recordId.slice(0, 15) },
        { RequestedEntityIdentifier: other?.recordId.slice(0, 15) },
      ])
      org.deletion.set({ conversationIdForm: 'record-id' })
      const third = at([...org.truth.conversations()], 2)
      expect((await deleteConversations(org, client, [third.conversationIdentifier])).status).toBe(404)
    })
  })

  test('its body can be without logs, or empty', async () => {
    await withOrg({ ...small, deletion: { answerBody: 'no-logs' } }, async (org, client) => {
      const [one, other] = (await closedEndUsers(client)) as [string, string]
      expect((await deleteEndUsers(org, client, [one])).text).toBe('{"conversationApiLogs":[]}')
      org.deletion.set({ answerBody: 'none' })
      expect(await deleteEndUsers(org, client, [other])).toMatchObject({ status: 202, text: '' })
    })
  })
})

describe('how ids are passed', () => {
  test('in the body, under the name the switches say; in the other place they are none', async () => {
    const deletion = { idsIn: 'body', participantsParameter: 'entityIds', participantsPath: 'people' } as const
    await withOrg({ ...small, deletion }, async (org, client) => {
      const id = at(await closedEndUsers(client), 0)
      const path = 'people'
      expect((await deleteEndUsers(org, client, [id], { path })).status).toBe(400)
      for (const body of ['', '[]', 'null', '{"entityIds":"x"}', `{"participantEntityIds":["${id}"]}`]) {
        expect((await deleteEndUsers(org, client, [], { path, body })).status).toBe(400)
      }
      expect((await deleteEndUsers(org, client, [], { path, body: `{"entityIds":["${id}"]}` })).status).toBe(202)
    })
  })

  test('too many, or none', async () => {
    await withOrg({ ...small, deletion: { idsPerRequest: 2 } }, async (org, client) => {
      const ids = (await closedEndUsers(client)).slice(0, 3)
      expect((await deleteEndUsers(org, client, ids)).status).toBe(400)
      expect((await deleteEndUsers(org, client, [])).status).toBe(400)
      expect((await deleteEndUsers(org, client, ids.slice(1))).status).toBe(202)
    })
  })
})

describe('404, in words that tell no cause', () => {
  test('the API off, a wrong path or method, a bad token, an unknown id, one that is gone', async () => {
    await withOrg(small, async (org, client) => {
      const [id, other] = (await closedEndUsers(client)) as [string, string]
      const off = { ...small, switches: { conversationApi: false } } as const
      const answers = [
        await deleteEndUsers(org, client, [id], { path: 'conversation-participant' }),
        await deleteEndUsers(org, client, [id], { method: 'GET' }),
        await deleteEndUsers(org, client, [id], { authorization: 'Bearer nonsense' }),
        await deleteEndUsers(org, client, [recordId('MessagingEndUser', 4_000_000)]),
        await deleteEndUsers(org, client, [recordId('Contact', 0)]),
        await deleteEndUsers(org, client, ['nonsense']),
        await deleteConversations(org, client, ['00000000-0000-4000-8000-000000000000']),
      ]
      await withOrg(off, async (closed, there) => void answers.push(await deleteEndUsers(closed, there, [id])))
      await withOrg({ ...small, switches: { tokenFormat: 'opaque' } }, async (opaque, there) => {
        answers.push(await deleteEndUsers(opaque, there, [id]))
      })
      expect((await deleteEndUsers(org, client, [id])).status).toBe(202)
      answers.push(await deleteEndUsers(org, client, [id]))
      // One that is unknown stops all.
      answers.push(await deleteEndUsers(org, client, [other, id]))
      for (const { status, text } of answers) {
        expect([status, text]).toEqual([404, '{"error":"NotFound","message":"Not Found"}'])
      }
      expect(org.truth.deleted().endUsers).toEqual([id])
    })
  })

  test('an expired or revoked token is another; 401 where the switch says so', async () => {
    await withOrg(small, async (org, client) => {
      const id = at(await closedEndUsers(client), 0)
      org.revokeTokens()
      expect((await deleteEndUsers(org, client, [id])).status).toBe(404)
      org.deletion.set({ badToken: 401 })
      expect((await deleteEndUsers(org, client, [id])).status).toBe(401)
      expect((await deleteEndUsers(org, await connect(org), [id])).status).toBe(202)
    })
  })
})

describe('what is refused', () => {
  test('412 while any session is open, for the conversation too; closed it goes', async () => {
    await withOrg(small, async (org, client) => {
      const id = at(await closedEndUsers(client), 3)
      org.setSessions(id, 'open')
      const open = await client.rows(
        `SELECT ConversationId, EndTime FROM MessagingSession WHERE MessagingEndUserId = '${id}' AND Status = 'Active'`,
      )
      expect(open).toMatchObject([{ EndTime: null }])
      expect((await deleteEndUsers(org, client, [id])).status).toBe(412)
      expect((await deleteConversations(org, client, [String(open[0]?.['ConversationId'])])).status).toBe(412)
      expect(org.deletion.requests).toEqual([])
      org.setSessions(id, 'ended')
      expect((await deleteEndUsers(org, client, [id])).status).toBe(202)
      expect(() => org.setSessions('nobody', 'open')).toThrow(expect.objectContaining({ code: 'EMULATOR_OPTIONS' }))
    })
  })

  test('412 in every status but Ended, unless the switch knows more', async () => {
    await withOrg({ conversations: 400, longEntries: 30 }, async (org, client) => {
      const [row] = await client.rows("SELECT MessagingEndUserId FROM MessagingSession WHERE Status = 'Error' LIMIT 1")
      const id = String(row?.['MessagingEndUserId'])
      expect((await deleteEndUsers(org, client, [id])).status).toBe(412)
      org.deletion.set({ closedStatuses: ['Ended', 'Error', 'Inactive', 'Active', 'Waiting'] })
      expect((await deleteEndUsers(org, client, [id])).status).toBe(202)
    })
  })

  test('423 for what is locked, and for what is under way where the switch says so', async () => {
    const clock = manualClock()
    await withOrg({ ...small, clock, deletion: { delayMs: 60_000 } }, async (org, client) => {
      const [one, other] = (await closedEndUsers(client)) as [string, string]
      org.deletion.set({ locked: [one.slice(0, 15)] })
      expect((await deleteEndUsers(org, client, [one])).status).toBe(423)
      expect((await deleteEndUsers(org, client, [other])).status).toBe(202)
      expect((await deleteEndUsers(org, client, [other])).status).toBe(202)
      org.deletion.set({ locked: [], againWhilePending: 'locked' })
      expect((await deleteEndUsers(org, client, [other])).status).toBe(423)
      clock.advance(60_000)
      expect((await deleteEndUsers(org, client, [other])).status).toBe(404)
      expect((await deleteEndUsers(org, client, [one])).status).toBe(202)
    })
  })

  test('restricted children: it fails in the log, or 409; SOQL and the describe show them', async () => {
    await withOrg(small, async (org, client) => {
      const [id, free] = (await closedEndUsers(client)) as [string, string]
      const children = 'SELECT EngagementId FROM EngagementAttendee'
      expect((await client.query(children)).status).toBe(400)
      org.deletion.set({ restricted: [id] })
      const [child] = await client.rows(children)
      expect(
        await client.rows(`SELECT MessagingEndUserId FROM MessagingSession WHERE Id = '${child?.['EngagementId']}'`),
      ).toMatchObject([{ MessagingEndUserId: id }])
      const describe = await fetch(`${org.url}/services/data/v66.0/sobjects/MessagingSession/describe`, {
        headers: { authorization: client.authorization },
      })
      const { childRelationships } = (await describe.json()) as { childRelationships: object[] }
      expect(childRelationships).toContainEqual(
        expect.objectContaining({ childSObject: 'EngagementAttendee', field: 'EngagementId', restrictedDelete: true }),
      )
      expect((await deleteEndUsers(org, client, [id, free])).status).toBe(202)
      const logs = await client.rows('SELECT Status, Context FROM ConversationApiLog ORDER BY Id')
      expect(logs).toMatchObject([{ Status: 'FAILED', Context: expect.any(String) }, { Status: 'COMPLETED' }])
      expect(org.truth.deleted().endUsers).toEqual([free])
      org.deletion.set({ restrictedAnswer: 'refused' })
      expect((await deleteEndUsers(org, client, [id])).status).toBe(409)
      org.deletion.set({ restricted: [] })
      expect((await deleteEndUsers(org, client, [id])).status).toBe(202)
      expect(org.truth.deleted().endUsers).toEqual([free, id])
    })
  })

  test('403 for Government Cloud, which the Organization tells, and for a user without the permission', async () => {
    await withOrg({ ...small, executionUsers: 2 }, async (org) => {
      const [one, other] = (await connectAll(org)) as [TestClient, TestClient]
      const instance = async () => (await one.rows('SELECT InstanceName FROM Organization'))[0]?.['InstanceName']
      const id = at(await closedEndUsers(one), 0)
      expect(await instance()).toBe('DEU84')
      org.deletion.set({ governmentCloud: true })
      expect(await instance()).toBe('USG12')
      expect((await deleteEndUsers(org, one, [id])).status).toBe(403)
      org.deletion.set({ governmentCloud: false, refusedUsers: [0] })
      expect((await deleteEndUsers(org, one, [id])).status).toBe(403)
      expect((await deleteEndUsers(org, other, [id])).status).toBe(202)
    })
  })

  test('a switch that is misspelt or out of range', async () => {
    await withOrg(small, async (org) => {
      const invalid = expect.objectContaining({ code: 'SCENARIO_INVALID' })
      expect(() => org.deletion.set({ delayMs: -1 })).toThrow(invalid)
      expect(() => org.deletion.set({ restricted: ['short'] })).toThrow(invalid)
      expect(() => org.deletion.set({ [`delay`]: 1 } as object)).toThrow(invalid)
    })
  })
})

test('ten requests of a user in any hour, of each kind; then 429, which says when', async () => {
  const clock = manualClock()
  const limits = { tokenLifetimeMs: 10 * hour }
  await withOrg({ conversations: 120, longEntries: 30, executionUsers: 2, clock, limits }, async (org) => {
    const [one, other] = (await connectAll(org)) as [TestClient, TestClient]
    const ids = await closedEndUsers(one)
    for (let k = 0; k < 10; k++) {
      expect((await deleteEndUsers(org, one, [at(ids, k)])).status).toBe(202)
      clock.advance(60_000)
    }
    const eleventh = await deleteEndUsers(org, one, [at(ids, 10)])
    expect([eleventh.status, eleventh.headers.get('retry-after')]).toEqual([429, String((hour - 600_000) / 1_000)])
    // Neither another user's nor the other kind's.
    expect((await deleteEndUsers(org, other, [at(ids, 10)])).status).toBe(202)
    expect((await deleteConversations(org, one, ['unknown'])).status).toBe(404)
    clock.advance(hour - 600_000 - 1)
    expect((await deleteEndUsers(org, one, [at(ids, 11)])).status).toBe(429)
    clock.advance(1)
    const again = await connect({ ...org, credentials: at(org.allCredentials, 0) })
    expect((await deleteEndUsers(org, again, [at(ids, 11)])).status).toBe(202)
    expect(org.callsByUser[recordId('User', 900)]?.['delete-participants']).toMatchObject({
      count: 13,
      refused: 2,
      statuses: { 202: 11, 429: 2 },
    })
    expect(org.callsByUser[recordId('User', 901)]?.['delete-participants']?.peakPerHour).toBe(1)
  })
})

describe('an answer that does not tell what was done', () => {
  const match = { endpoint: 'delete-participants' } as const

  test('a reset, and a 503, after it was carried out; a 503 before', async () => {
    await withOrg(small, async (org, client) => {
      const [one, two, three] = (await closedEndUsers(client)) as [string, string, string]
      org.setFaults([{ match, action: { type: 'reset', when: 'before-headers' } }])
      await expect(deleteEndUsers(org, client, [one])).rejects.toThrow()
      org.setFaults([{ match, action: { type: 'status', status: 503, carriedOut: true } }])
      expect((await deleteEndUsers(org, client, [two])).status).toBe(503)
      org.setFaults([{ match, action: { type: 'status', status: 503 } }])
      expect((await deleteEndUsers(org, client, [three])).status).toBe(503)
      expect(org.truth.deleted().endUsers).toEqual([one, two])
      expect(org.calls['delete-participants'].statuses).toEqual({ 0: 1, 503: 2 })
    })
  })
})

test('privacy holds are rows where the org has them, and no object where it has not', async () => {
  await withOrg(small, async (org, client) => {
    const soql = 'SELECT ReferenceRecordId, IsActive, EndDate FROM PrivacyHold'
    expect((await client.query(soql)).status).toBe(400)
    org.deletion.set({ privacyHolds: [] })
    expect(await client.rows(soql)).toEqual([])
    const id = at(await closedEndUsers(client), 0)
    org.deletion.set({ privacyHolds: [{ recordId: id }, { recordId: id, isActive: false, endDate: '2026-12-31' }] })
    expect(await client.rows(soql)).toMatchObject([
      { ReferenceRecordId: id, IsActive: true, EndDate: null },
      { ReferenceRecordId: id, IsActive: false, EndDate: '2026-12-31' },
    ])
    // As documented it stops nothing: whoever deletes has to look.
    expect((await deleteEndUsers(org, client, [id])).status).toBe(202)
  })
})
