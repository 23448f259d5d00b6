import { z } from 'zod'

/**
 * What nobody knows about Data 360, and what goes wrong there. Every switch has the value we believe in as its default. Numbers of
 * `…EveryNth…` are 0 for never.
 */
export interface Data360Switches {
  // What the org holds.
  /** How the objects are called: `ssot__…__dlm`, `std__…Dmo__dlm`, or by both names. */
  readonly dmoNames: 'ssot' | 'std' | 'both'
  /** Objects that are not there, by the names of the `ssot` spelling without prefix and suffix. */
  readonly missingDmos: readonly DmoName[]
  /** Data spaces of the org. All but the one of the conversations have the objects without a row. */
  readonly dataspaces: readonly string[]
  /** The data space the conversations are in. */
  readonly conversationDataspace: string
  /** `mixed`: one or the other, by entry. */
  readonly payloadText: 'json' | 'plain' | 'mixed'
  /** `wire`: as the Conversation Data API names types; `upper`: `PARTICIPANT_CHANGED`; `text`: messages are `text`. */
  readonly entryTypes: 'wire' | 'upper' | 'text'
  /** Whether an entry's Id is the identifier other interfaces know, or a record id with the identifier as ExternalRecordId. */
  readonly entryIds: 'identifier' | 'record-id'
  /** What stands in an entry's ConversationId: the id of its Conversation, or of its MessagingSession. */
  readonly conversationIds: '0dw' | '0Mw'
  /** Added to all times: the digits of a local wall clock, labelled UTC. In minutes. */
  readonly wallClockMinutes: number
  /** Entries younger than this are not there yet. What lies in the clock's future is, as a world may lie in a month to come. */
  readonly visibilityLagMs: number

  /** Rows that come twice. */
  readonly duplicateEveryNthEntry: number
  /** Entries that belong to no conversation. */
  readonly orphanEveryNthEntry: number

  // How results are written.
  /** `utc`: `2026-10-01 00:00:00.000 UTC`; `offset`: `…T00:00:00.000+00:00`; `zulu`: `…T00:00:00.000Z`. */
  readonly timestamps: 'utc' | 'offset' | 'zulu'
  /** Decimals as numbers of any length, or as strings. */
  readonly decimals: 'number' | 'string'
  /** Without ORDER BY, rows come in an order that is another for every query. */
  readonly unordered: 'stable' | 'shuffled'

  // The exchange at `/services/a360/token`.
  readonly tenantUrl: 'url' | 'bare-host'
  readonly exchange: 'ok' | 'error-status' | 'error-in-200' | 'login-page'
  readonly tokenLifetimeMs: number

  // Limits.
  readonly concurrentRequests: number
  readonly retryAfterSeconds: number | null

  // Query V2.
  readonly batchRows: number
  readonly batchBytes: number
  readonly batchSizes: 'full' | 'varied'
  /** An empty batch at the end: where the one before was full, always, or never. */
  readonly emptyLastBatch: 'when-full' | 'always' | 'never'
  readonly doneBatchId: 'absent' | 'empty' | 'present'
  readonly batchIds: 'uuid' | 'node'
  readonly batchReuse: 'refused' | 'allowed'
  readonly metadataOrder: 'shuffled' | 'column'
  /** `limit` and `offset` in the body: not looked at, or they cut the first batch. */
  readonly bodyLimit: 'ignored' | 'first-batch'
  readonly cursorLifetimeMs: number
  readonly cursorIdleMs: number

  // Query V3.
  readonly statusIn: 'header' | 'body' | 'both'
  readonly runningStatus: 'RUNNING_OR_UNSPECIFIED' | 'RUNNING'
  /** `timeout`: the query was too slow to answer at once, so nothing comes with the answer. */
  readonly adaptive: 'rows' | 'timeout'
  readonly chunkRows: number
  readonly emptyFirstChunk: boolean
  readonly resultBytes: number
  readonly resultLifetimeMs: number

  // Query Connect.
  /** Rows that come at once; a result of more is still running. */
  readonly firstPageRows: number
  readonly pageBytes: number
  readonly connectLifetimeMs: number
  readonly getStatus: 'top-level' | 'nested'
  readonly queryIds: 'slash' | 'encoded' | 'underscore'
  readonly connectErrorStatus: 400 | 500

  // V3 and Connect.
  /** How often a query of more than the first rows is found running. */
  readonly runningPolls: number
}

export const dmoNames = [
  'Conversation',
  'ConversationEntry',
  'EngagementChannelParticipant',
  'EngagementParticipantAppRole',
  'MessagingSession',
] as const

export type DmoName = (typeof dmoNames)[number]

const minute = 60_000
const megabyte = 1_000_000

/** Data 360 as most orgs have it. */
export const defaultData360Switches: Data360Switches = {
  // assumption: documentation has two spellings, only this one was seen to work.
  dmoNames: 'ssot',
  missingDmos: [],
  dataspaces: ['default'],
  conversationDataspace: 'default',
  // assumption: the payload as elsewhere; one page shows plain text.
  payloadText: 'json',
  // assumption: types as the Conversation Data API names them.
  entryTypes: 'wire',
  // assumption: entries are known by one identifier everywhere.
  entryIds: 'identifier',
  // assumption: the page contradicts itself; the relation is to Conversation.
  conversationIds: '0dw',
  wallClockMinutes: 0,
  // Documented: up to an hour.
  visibilityLagMs: 60 * minute,
  duplicateEveryNthEntry: 0,
  orphanEveryNthEntry: 0,

  timestamps: 'utc',
  // assumption: seen as numbers of the newer interfaces; clients cast.
  decimals: 'number',
  // assumption: no order is promised, so none is kept.
  unordered: 'shuffled',

  // assumption: older clients put https:// before a bare host, newer ones do not have to.
  tenantUrl: 'url',
  exchange: 'ok',
  // As in the documented sample.
  tokenLifetimeMs: 7_130_000,

  concurrentRequests: 15,
  // assumption: no Retry-After is described.
  retryAfterSeconds: null,

  batchRows: 49_999,
  batchBytes: 32 * megabyte,
  batchSizes: 'full',
  emptyLastBatch: 'when-full',
  doneBatchId: 'absent',
  batchIds: 'uuid',
  batchReuse: 'refused',
  metadataOrder: 'shuffled',
  bodyLimit: 'ignored',
  cursorLifetimeMs: 60 * minute,
  cursorIdleMs: 3 * minute,

  // Documented in the body, in clients in the header.
  statusIn: 'both',
  runningStatus: 'RUNNING_OR_UNSPECIFIED',
  adaptive: 'rows',
  // assumption: chunks are cut by rows.
  chunkRows: 10_000,
  emptyFirstChunk: false,
  resultBytes: 20 * megabyte,
  // assumption: as long as with Connect.
  resultLifetimeMs: 24 * 60 * minute,

  firstPageRows: 2_000,
  pageBytes: 2 * megabyte,
  connectLifetimeMs: 24 * 60 * minute,
  getStatus: 'top-level',
  queryIds: 'slash',
  // assumption: 400 for what the caller did; a fixture has 500.
  connectErrorStatus: 400,

  // assumption: found running once.
  runningPolls: 1,
}

const whole = z.number().int().min(0)
const positive = z.number().int().min(1)

export const data360Shape: { readonly [Name in keyof Data360Switches]: z.ZodType<Data360Switches[Name]> } = {
  dmoNames: z.enum(['ssot', 'std', 'both']),
  missingDmos: z.array(z.enum(dmoNames)),
  dataspaces: z.array(z.string()).min(1),
  conversationDataspace: z.string(),
  payloadText: z.enum(['json', 'plain', 'mixed']),
  entryTypes: z.enum(['wire', 'upper', 'text']),
  entryIds: z.enum(['identifier', 'record-id']),
  conversationIds: z.enum(['0dw', '0Mw']),
  wallClockMinutes: z.number().int().min(-840).max(840),
  visibilityLagMs: whole,
  duplicateEveryNthEntry: whole,
  orphanEveryNthEntry: whole,
  timestamps: z.enum(['utc', 'offset', 'zulu']),
  decimals: z.enum(['number', 'string']),
  unordered: z.enum(['stable', 'shuffled']),
  tenantUrl: z.enum(['url', 'bare-host']),
  exchange: z.enum(['ok', 'error-status', 'error-in-200', 'login-page']),
  tokenLifetimeMs: positive,
  concurrentRequests: positive,
  retryAfterSeconds: whole.nullable(),
  batchRows: positive,
  batchBytes: positive,
  batchSizes: z.enum(['full', 'varied']),
  emptyLastBatch: z.enum(['when-full', 'always', 'never']),
  doneBatchId: z.enum(['absent', 'empty', 'present']),
  batchIds: z.enum(['uuid', 'node']),
  batchReuse: z.enum(['refused', 'allowed']),
  metadataOrder: z.enum(['shuffled', 'column']),
  bodyLimit: z.enum(['ignored', 'first-batch']),
  cursorLifetimeMs: positive,
  cursorIdleMs: positive,
  statusIn: z.enum(['header', 'body', 'both']),
  runningStatus: z.enum(['RUNNING_OR_UNSPECIFIED', 'RUNNING']),
  adaptive: z.enum(['rows', 'timeout']),
  chunkRows: positive,
  emptyFirstChunk: z.boolean(),
  resultBytes: positive,
  resultLifetimeMs: positive,
  firstPageRows: positive,
  pageBytes: positive,
  connectLifetimeMs: positive,
  getStatus: z.enum(['top-level', 'nested']),
  queryIds: z.enum(['slash', 'encoded', 'underscore']),
  connectErrorStatus: z.union([z.literal(400), z.literal(500)]),
  runningPolls: whole,
}
