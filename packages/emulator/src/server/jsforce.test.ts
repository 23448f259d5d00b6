import jsforce from 'jsforce'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Org, startEmulator } from '../start-emulator.ts'

/** A client nobody here wrote, unmodified: what it gets by with is a better judge than our own tests. */
const { Connection, OAuth2 } = jsforce

let org: Org
beforeAll(async () => {
  org = await startEmulator({ conversations: 2_600, longEntries: 20 })
})
afterAll(() => org.close())

function oauth2(): InstanceType<typeof OAuth2> {
  const { clientId, clientSecret } = org.credentials
  return new OAuth2({ loginUrl: org.url, clientId, clientSecret })
}

describe('jsforce', () => {
  test('signs in by client credentials and asks who it is', async () => {
    const connection = new Connection({ oauth2: oauth2(), instanceUrl: org.url, version: '66.0' })
    const user = await connection.authorize({ grant_type: 'client_credentials' })
    expect(user.id).toMatch(/^005\w{15}$/)
    const identity = await connection.identity()
    expect(identity).toMatchObject({ user_id: user.id, organization_id: user.organizationId })
    const info = await connection.request<{ user_id: string }>(`${org.url}/services/oauth2/userinfo`)
    expect(info.user_id).toBe(user.id)
  })

  test('signs in by username and password, by OAuth and by SOAP', async () => {
    const { username, securityToken } = org.credentials
    const password = `${org.credentials.password}${securityToken}`
    const byOAuth = await new Connection({ oauth2: oauth2(), version: '66.0' }).login(username, password)
    const soap = new Connection({ loginUrl: org.url, version: '60.0', logLevel: 'FATAL' })
    const bySoap = await soap.login(username, password)
    expect(bySoap.id).toBe(byOAuth.id)
    expect((await soap.query('SELECT Id FROM User LIMIT 1')).totalSize).toBe(1)
    await expect(new Connection({ loginUrl: org.url, logLevel: 'FATAL' }).login(username, 'wrong')).rejects.toThrow(
      /INVALID_LOGIN/,
    )
  })

  test('reads more than a page of SOQL, and the same by a bulk query', async () => {
    const connection = new Connection({ oauth2: oauth2(), version: '66.0' })
    await connection.authorize({ grant_type: 'client_credentials' })
    const soql = 'SELECT Id, ConversationIdentifier, StartTime FROM Conversation ORDER BY Id'
    const records: { ConversationIdentifier?: string }[] = []
    const query = connection.query(soql)
    query.on('record', (record) => records.push(record as (typeof records)[number]))
    await query.run({ autoFetch: true, maxFetch: 10_000 })
    const held = Array.from(org.truth.conversations(), ({ conversationIdentifier }) => conversationIdentifier)
    expect(held.length).toBeGreaterThan(2_000)
    expect(records.map(({ ConversationIdentifier }) => ConversationIdentifier)).toEqual(held)
    expect(org.calls['query-more'].count).toBeGreaterThan(0)
    expect(connection.limitInfo.apiUsage?.limit).toBe(100_000)

    const stream = await connection.bulk2.query(soql, { pollInterval: 5, pollTimeout: 10_000 })
    const rows = (await stream.toArray()) as { ConversationIdentifier: string }[]
    expect(rows.map(({ ConversationIdentifier }) => ConversationIdentifier)).toEqual(held)
    expect(org.calls['bulk-results'].count).toBe(1)
  })

  test('is told what the org has', async () => {
    const connection = new Connection({ oauth2: oauth2(), version: '66.0' })
    await connection.authorize({ grant_type: 'client_credentials' })
    const { sobjects } = await connection.describeGlobal()
    expect(sobjects.map(({ name }) => name)).toContain('MessagingSession')
    const { fields } = await connection.sobject('Conversation').describe()
    expect(fields.map(({ name }) => name)).toContain('ConversationIdentifier')
    await expect(connection.query('SELECT Id FROM Nothing')).rejects.toThrow(/INVALID_TYPE|not supported/)
    const failing = connection.bulk2.query('SELECT COUNT() FROM User', { pollInterval: 5 })
    await expect(failing).rejects.toThrow(/Aggregate/)
  })
})
