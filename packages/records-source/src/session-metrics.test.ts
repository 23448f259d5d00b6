import { testSource } from '@custody/testkit'
import { describe, expect, test } from 'vitest'
import { type SessionMetric, sessionMetrics } from './session-metrics.ts'
import { id, queryOrg, sessionRow, type Tables } from './testing/query-org.ts'
import { window } from './testing/take-census.ts'

const metric = (n: number, start: number, value: unknown = n) => ({
  Id: id('0Mm', n),
  MessagingSessionId: id('0Mw', n).slice(0, 15),
  MessagingSession: sessionRow(n, null, start, start + 5),
  MessagingSessionMetricType: 'AgentMessageCount',
  MessagingSessionMetricValue: value,
})
const tables: Tables = {
  MessagingSessionMetrics: [metric(1, 10), metric(2, 20), metric(3, 70), metric(4, 50, 'many')],
}

test('gives the figures of the sessions of the window', async () => {
  const records: SessionMetric[] = []
  for await (const batch of sessionMetrics({ org: queryOrg({ tables }), window })()) records.push(...batch.records)
  expect(records).toEqual(
    [1, 2, 4].map((n) => ({
      recordId: id('0Mm', n),
      sessionId: id('0Mw', n),
      metric: 'AgentMessageCount',
      value: n === 4 ? null : n,
    })),
  )
})

describe('the contract of a source', () => {
  testSource<SessionMetric>({
    test,
    source: (outside) => sessionMetrics({ org: queryOrg({ tables, wait: (signal) => outside.call(signal) }), window }),
    resume: (outside, after) =>
      sessionMetrics({ org: queryOrg({ tables, wait: (signal) => outside.call(signal) }), window, after }),
    idOf: ({ recordId }) => recordId,
    expected: [1, 2, 4].map((n) => id('0Mm', n)),
  })
})
