import { expect, test } from 'vitest'
import { longest, withOrg } from '../testing/with-org.ts'

test('what the user may do stands in UserPermissionAccess', async () => {
  const soql = 'SELECT PermissionsApiEnabled, PermissionsViewAllData FROM UserPermissionAccess'
  await withOrg({ conversations: 5, switches: { permissions: ['ApiEnabled'] } }, async (_, client) => {
    expect(await client.rows(soql)).toMatchObject([{ PermissionsApiEnabled: true, PermissionsViewAllData: false }])
  })
})

test('a hidden field is in no query and no describe, the others are', async () => {
  const options = { conversations: 5, switches: { hiddenFields: ['messagingsession.AgentMessageCount'] } }
  await withOrg(options, async (org, client) => {
    const { status, body } = await client.query('SELECT AgentMessageCount FROM MessagingSession')
    expect({ status, body }).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_FIELD' }] })
    expect((await client.query('SELECT EndUserMessageCount FROM MessagingSession')).status).toBe(200)
    const answer = await fetch(`${org.url}/services/data/v66.0/sobjects/MessagingSession/describe`, {
      headers: { authorization: client.authorization },
    })
    const names = ((await answer.json()) as { fields: { name: string }[] }).fields.map(({ name }) => name)
    expect(names).toContain('EndUserMessageCount')
    expect(names).not.toContain('AgentMessageCount')
  })
})

test.each([0, 600_000, -600_000])('the Date of an answer is ahead by %i ms', async (clockSkewMs) => {
  const now = Date.UTC(2026, 10, 21, 12)
  const clock = { now: () => now, sleep: async () => {} }
  await withOrg({ conversations: 5, clock, switches: { clockSkewMs } }, async (_, client) => {
    const { headers } = await client.query('SELECT COUNT() FROM Conversation')
    expect(Date.parse(headers.get('date') ?? '')).toBe(now + clockSkewMs)
  })
})

test.each([
  [['api'], 200, 404],
  [['sfap_api'], 401, 200],
  [['api', 'sfap_api'], 200, 200],
])('scopes %j: the core API answers %i, the gateway %i', async (scopes, core, gateway) => {
  await withOrg({ conversations: 5, longEntries: 20, oauth: { scopes } }, async (org, client) => {
    expect((await client.query('SELECT COUNT() FROM Conversation')).status).toBe(core)
    expect((await client.entries(longest(org))).status).toBe(gateway)
  })
})
