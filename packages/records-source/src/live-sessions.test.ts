import { expect, test } from 'vitest'
import { countLiveSessions } from './live-sessions.ts'
import { queryOrg, sessionRow } from './testing/query-org.ts'

test('counts the sessions that are going on, without reading one', async () => {
  const statuses = ['New', 'Active', 'Waiting', 'Consent', 'Paused', 'Inactive', 'Ended', 'Error']
  const now = Date.UTC(2026, 9, 1, 12)
  const rows = statuses.map((Status, n) => sessionRow(n, null, 10, null, { Status }))
  const old = { ...sessionRow(20, null, 10, null, { Status: 'Active' }), StartTime: '2026-09-30T11:59:59.000+0000' }
  const org = queryOrg({ tables: { MessagingSession: [...rows, old] } })
  expect(await countLiveSessions({ org, now })).toBe(3)
  expect(org.asked).toEqual([expect.stringMatching(/^SELECT COUNT\(\) FROM MessagingSession WHERE /)])
})
