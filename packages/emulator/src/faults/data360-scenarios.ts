import type { Scenario } from './scenario.ts'

/** Results of Data 360 in pages, even of a small org. */
const smallPages = { batchRows: 200, chunkRows: 200, firstPageRows: 100, pageBytes: 60_000 } as const

const roomy = { entriesPerMinute: 100_000 } as const

const onRows = { endpoint: 'data360-rows', nth: 2 } as const

/**
 * What can go wrong with Data 360. Apart from the others, which are about the Conversation Data API: an `outcome` here is that of a
 * client that reads Data 360.
 */
export const data360Scenarios: Readonly<Record<string, Scenario>> = {
  'data360-token-revoked': {
    description: 'The tokens of Data 360 are revoked while results are read; those of the org are not.',
    limits: roomy,
    data360: smallPages,
    rules: [{ match: onRows, action: { type: 'revoke-data360-tokens' } }],
  },
  'data360-cursor-lost': {
    description: 'Results of Data 360 are gone while they are read.',
    limits: roomy,
    data360: smallPages,
    rules: [{ match: onRows, action: { type: 'lose-cursors' } }],
  },
  'data360-no-healthy-upstream': {
    description: '500 as a web page while results are read.',
    limits: roomy,
    data360: smallPages,
    rules: [{ match: onRows, action: { type: 'status', status: 500, body: 'html' } }],
  },
  'data360-strange': {
    description: 'Everything undocumented about Data 360 the other way round.',
    limits: roomy,
    data360: {
      ...smallPages,
      payloadText: 'mixed',
      timestamps: 'zulu',
      decimals: 'string',
      tenantUrl: 'bare-host',
      batchSizes: 'varied',
      emptyLastBatch: 'always',
      doneBatchId: 'present',
      batchIds: 'node',
      statusIn: 'header',
      runningStatus: 'RUNNING',
      adaptive: 'timeout',
      emptyFirstChunk: true,
      getStatus: 'nested',
      queryIds: 'encoded',
      runningPolls: 3,
      duplicateEveryNthEntry: 11,
    },
  },
  'data360-std-names': {
    description: 'The objects of Data 360 by their older names.',
    limits: roomy,
    data360: { dmoNames: 'std' },
  },
  'data360-without-roles': {
    description: 'Data 360 does not have who spoke in which role.',
    limits: roomy,
    data360: { missingDmos: ['EngagementParticipantAppRole'] },
  },
  'data360-session-ids': {
    description: 'Entries of Data 360 name their session instead of their conversation.',
    limits: roomy,
    data360: { conversationIds: '0Mw' },
  },
  'data360-wall-clock': {
    description: 'Times of Data 360 are those of a wall clock three hours behind, labelled UTC.',
    limits: roomy,
    data360: { wallClockMinutes: -180 },
  },
  'data360-orphans': {
    description: 'Entries of Data 360 that belong to no conversation.',
    outcome: 'incomplete',
    limits: roomy,
    data360: { orphanEveryNthEntry: 40 },
  },
  'exchange-login-page': {
    description: 'The exchange for Data 360 answers with a log-in page.',
    outcome: 'failed',
    limits: roomy,
    data360: { exchange: 'login-page' },
  },
}
