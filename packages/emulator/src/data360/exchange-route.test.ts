import { createPublicKey, createVerify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type EmulatorOptions, type Org, startEmulator } from '../start-emulator.ts'
import { connectData360, exchange, orgToken, send } from '../testing/data360-client.ts'
import { manualClock } from '../testing/manual-clock.ts'
import type { Data360Switches } from './data360-switches.ts'

async function withOrg(options: EmulatorOptions, use: (org: Org) => Promise<void>): Promise<void> {
  const org = await startEmulator(options)
  try {
    await use(org)
  } finally {
    await org.close()
  }
}

test('gives a signed token of its own lifetime, for a tenant of its own', async () => {
  await withOrg({}, async (org) => {
    const { status, body } = await exchange(org, await orgToken(org))
    expect(status).toBe(200)
    expect(body).toMatchObject({
      instance_url: org.tenantUrl,
      token_type: 'Bearer',
      issued_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      expires_in: expect.toSatisfy((seconds: number) => seconds === 7_129 || seconds === 7_130),
    })
    expect(new Set([org.url, org.apiUrl, org.tenantUrl]).size).toBe(3)
    const [header = '', payload = '', signature = ''] = String(body['access_token']).split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    expect(claims).toMatchObject({ audienceTenantId: expect.stringMatching(/^a360\//), exp: expect.any(Number) })
    const key = createPublicKey(org.tokenKey)
    expect(createVerify('RSA-SHA256').update(`${header}.${payload}`).verify(key, signature, 'base64url')).toBe(true)
    expect(org.calls['a360-token']).toMatchObject({ count: 1, statuses: { 200: 1 } })
  })
})

test('takes its fields from the query string as well, as one client sends them', async () => {
  await withOrg({ data360: { tenantUrl: 'bare-host' } }, async (org) => {
    const fields = new URLSearchParams({
      grant_type: 'urn:salesforce:grant-type:external:cdp',
      subject_token: await orgToken(org),
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    })
    const { status, body } = await send(`${org.url}/services/a360/token?${fields}`, { method: 'POST' })
    expect([status, body['instance_url']]).toEqual([200, org.tenantUrl.slice('http://'.length)])
  })
})

describe('is refused', () => {
  test.each<[Partial<Data360Switches>, Record<string, string>, number, string]>([
    [{}, { grant_type: 'client_credentials' }, 400, 'unsupported_grant_type'],
    [{}, { subject_token: 'wrong' }, 401, 'invalid_token'],
    [{}, { subject_token_type: '' }, 401, 'invalid_token'],
    [{}, { dataspace: 'nowhere' }, 400, 'invalid_request'],
    [{ exchange: 'error-status' }, {}, 401, 'invalid_token'],
    [{ exchange: 'error-in-200' }, {}, 200, 'invalid_token'],
  ])('%j %j: %i %s', async (data360, fields, status, error) => {
    await withOrg({ data360 }, async (org) => {
      const answer = await exchange(org, await orgToken(org), fields)
      expect([answer.status, answer.body['error']]).toEqual([status, error])
      expect(answer.body).not.toHaveProperty('access_token')
    })
  })

  test('without the scope', async () => {
    await withOrg({ oauth: { scopes: ['api', 'sfap_api'] } }, async (org) => {
      expect((await exchange(org, await orgToken(org))).body).toMatchObject({ error: 'invalid_scope' })
    })
  })

  test('by a page to log in', async () => {
    await withOrg({ data360: { exchange: 'login-page' } }, async (org) => {
      const answer = await exchange(org, await orgToken(org))
      expect(answer.headers.get('content-type')).toContain('text/html')
      expect(answer.text).toContain('startURL=%2Fservices%2Fa360%2Ftoken')
    })
  })
})

test('a token lives its own life: not ended with the one it came from, ended by itself', async () => {
  const clock = manualClock()
  await withOrg({ clock, data360: { tokenLifetimeMs: 600_000 } }, async (org) => {
    const subject = await orgToken(org)
    const { body } = await exchange(org, subject)
    const ask = async () =>
      (
        await send(`${org.tenantUrl}/api/v1/metadata`, {
          headers: { authorization: `Bearer ${String(body['access_token'])}` },
        })
      ).status
    await send(`${org.url}/services/oauth2/revoke`, { method: 'POST', body: new URLSearchParams({ token: subject }) })
    expect(await ask()).toBe(200)
    expect((await exchange(org, subject)).status).toBe(401)
    clock.advance(599_999)
    expect(await ask()).toBe(200)
    clock.advance(1)
    expect(await ask()).toBe(401)
  })
})

test('the tenant does not know tokens of the org, nor the org those of the tenant', async () => {
  await withOrg({}, async (org) => {
    const token = await orgToken(org)
    const { body } = await exchange(org, token)
    const status = async (url: string, bearer: unknown) =>
      (await send(url, { headers: { authorization: `Bearer ${String(bearer)}` } })).status
    expect(await status(`${org.tenantUrl}/api/v1/metadata`, token)).toBe(401)
    expect(await status(`${org.url}/services/data/v66.0/limits`, body['access_token'])).toBe(401)
  })
})

test('a token is for one data space', async () => {
  await withOrg({ data360: { dataspaces: ['default', 'service'], conversationDataspace: 'service' } }, async (org) => {
    const count = async (dataspace: string, header = {}) => {
      const client = await connectData360(org, { dataspace })
      const sql = 'SELECT COUNT(*) FROM ssot__ConversationEntry__dlm'
      const { status, body } = await client.tenant('POST', '/api/v3/query', { sql }, header)
      return [status, (body['data'] as number[][] | undefined)?.[0]?.[0]]
    }
    const { entries } = org.truth.counts()
    expect(await count('default')).toEqual([200, 0])
    expect(await count('service')).toEqual([200, entries])
    expect(await count('service', { 'ctx-dataspace-ds_name': 'service' })).toEqual([200, entries])
    expect(await count('default', { 'ctx-dataspace-ds_name': 'service' })).toEqual([403, undefined])
  })
})
