import type { OrgClient, OrgSender } from '@custody/http'
import { toRecordId, type Window } from '@custody/model'
import type { Checkpoint, Clock, Source } from '@custody/pipeline'
import type { Bulk } from './bulk.ts'
import { objectSource } from './object-source.ts'
import { mayOverlap } from './soql.ts'
import { metricType } from './wire.ts'

/** One figure that Salesforce kept of an enhanced messaging session when it ended. */
export interface SessionMetric {
  /** `MessagingSessionMetrics.Id`, 18 characters. */
  readonly recordId: string
  /** `MessagingSession.Id`, 18 characters. */
  readonly sessionId: string | null
  /** Salesforce's word: `AgentMessageCount`, `ServiceRepFirstResponseTime` (in seconds) … */
  readonly metric: string | null
  readonly value: number | null
}

/** Which window's figures of agent work are read. */
export interface SessionMetricsOptions {
  readonly org: OrgClient | OrgSender
  readonly window: Window
  /** @defaultValue `'66.0'`; the object needs 62.0 */
  readonly apiVersion?: string
  /** @defaultValue `'never'` */
  readonly bulk?: Bulk
  /** Where an earlier run came to: sessions behind it are read. @defaultValue from the first */
  readonly after?: Checkpoint
  readonly clock?: Clock
}

/**
 * The figures of all sessions of the window. There are some only for enhanced channels, since October 2024.
 *
 * @throws what {@link census} throws; `CENSUS_OBJECT_NOT_VISIBLE` where `surveyObjects` says so
 */
export function sessionMetrics(options: SessionMetricsOptions): Source<SessionMetric> {
  return objectSource({
    ...options,
    name: 'session-metrics',
    query: { type: metricType, where: mayOverlap(options.window, 'MessagingSession.'), orderBy: ['Id'] },
    take: () => (rows) => ({
      records: rows.map((row) => ({
        recordId: toRecordId(row.Id) ?? row.Id,
        sessionId: toRecordId(row.MessagingSessionId),
        metric: row.MessagingSessionMetricType,
        value: row.MessagingSessionMetricValue,
      })),
      rejects: [],
    }),
  })
}
