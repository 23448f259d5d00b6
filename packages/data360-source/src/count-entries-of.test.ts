import { clientCredentials, createData360TokenProvider, createTokenProvider } from '@custody/auth'
import { type Org, startEmulator } from '@custody/emulator'
import { createOrgClient, type FullOrgClient } from '@custody/http'
import { expect, test } from 'vitest'
import { countEntriesOf } from './count-entries-of.ts'
import type { Data360Api } from './options.ts'

function clientOf(org: Org, api: Data360Api): FullOrgClient {
  const grant = clientCredentials(org.credentials)
  const tokens = createTokenProvider({ user: 'archive-1', loginUrl: org.url, grant })
  return createOrgClient({ tokens: api === 'connect' ? tokens : createData360TokenProvider({ tokens }) })
}

test.each<Data360Api>(['v3', 'connect', 'v2'])(
  'over %s: entries by conversation, and none for what is not there',
  async (api) => {
    const org = await startEmulator({ conversations: 12, longEntries: 40 })
    const client = clientOf(org, api)
    try {
      const [one, other] = [...org.truth.conversations()]
      if (one === undefined || other === undefined) throw new Error('the org is too small')
      const unknown = '0dw000000000099AAA'
      const counts = await countEntriesOf([one.recordId, other.recordId.slice(0, 15), unknown], { api, org: client })
      expect([...counts]).toHaveLength(2)
      expect(counts.get(one.recordId)).toBe(one.entries)
      expect(counts.get(other.recordId)).toBe(other.entries)
      expect(await countEntriesOf([], { api, org: client })).toEqual(new Map())
    } finally {
      await client.close()
      await org.close()
    }
  },
)

test('an id is a value and never a part of the query', async () => {
  const org = await startEmulator({ conversations: 3, longEntries: 20 })
  const client = clientOf(org, 'v3')
  try {
    expect(await countEntriesOf(["x' OR 'a' = 'a"], { api: 'v3', org: client })).toEqual(new Map())
  } finally {
    await client.close()
    await org.close()
  }
})
