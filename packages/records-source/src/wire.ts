import { CustodyError } from '@custody/pipeline'
import { z } from 'zod'

/** @defaultValue of `apiVersion`. `Conversation` needs 55.0 or later. */
export const defaultApiVersion = '66.0'

/** How many ids stand in one `IN (…)`: the most a public client is known to send. */
export const maxIdsPerQuery = 200

/** Documented: a longer URI is answered with 414. Counted from the path, so a part is left for the host. */
export const maxUriBytes: number = 16_384 - 512

/** Documented bounds of `Sforce-Query-Options: batchSize`. */
export const pageSizes: { readonly min: number; readonly max: number } = { min: 200, max: 2000 }

/** Rows per result page of a Bulk job: about 2 MB of ids, times and words, and few requests. */
export const jobPageRows = 10_000

export function jobsPath(apiVersion: string): string {
  return `/services/data/v${apiVersion}/jobs/query`
}

export function queryPath(apiVersion: string): string {
  return `/services/data/v${apiVersion}/query`
}

/** A page of a query's answer. */
export interface QueryPage {
  readonly totalSize: number
  readonly done: boolean
  /** A path on the same origin. */
  readonly nextRecordsUrl: string | null
  readonly records: readonly unknown[]
}

const pageSchema = z.object({
  totalSize: z.number().int().nonnegative(),
  done: z.boolean(),
  nextRecordsUrl: z.string().startsWith('/').nullish(),
  records: z.array(z.unknown()),
})

/**
 * Reads the envelope. `where` names object and page.
 *
 * @throws CustodyError `CENSUS_PAGE_MALFORMED`
 */
export function readPage(document: unknown, where: string): QueryPage {
  const result = pageSchema.safeParse(document)
  if (!result.success) throw malformed(where, placesOf(result.error))
  return { ...result.data, nextRecordsUrl: result.data.nextRecordsUrl ?? null }
}

/**
 * Reads the rows of a page. Fields that are missing or of another type are null; only the id has to be there.
 *
 * @throws CustodyError `CENSUS_PAGE_MALFORMED`
 */
export function readRows<Row>(object: RecordType<Row>, records: readonly unknown[], where: string): readonly Row[] {
  return records.map((record, index) => {
    const result = object.schema.safeParse(record)
    if (!result.success) throw malformed(where, `row ${index + 1}: ${placesOf(result.error)}`)
    return result.data
  })
}

export function malformed(where: string, what: string): CustodyError {
  return new CustodyError('CENSUS_PAGE_MALFORMED', `${where} is no page of a query: ${what}.`, {
    actions: ['Check instance URL and apiVersion: something other than the query resource may have answered.'],
  })
}

export function placesOf(error: z.ZodError): string {
  return `wrong at ${error.issues.map((issue) => issue.path.join('.') || 'the document').join(', ')}`
}

/** An object of the org, the fields asked for, and how its rows read. */
export interface RecordType<Row> {
  readonly object: string
  readonly fields: readonly string[]
  /** Those of the fields that hold numbers: CSV does not tell. */
  readonly numbers: readonly string[]
  readonly schema: z.ZodType<Row>
  /** How many rows a result page of a Bulk job may hold, where rows are large. @defaultValue {@link jobPageRows} */
  readonly pageRows?: number
}

/** A row as the rest of the package sees it: what is missing is null. */
export type Row<Text extends string, Count extends string = never> = { readonly Id: string } & {
  readonly [name in Text]: string | null
} & { readonly [name in Count]: number | null }

const id = z.string().regex(/^(?:[a-zA-Z0-9]{15}|[a-zA-Z0-9]{18})$/)
const text = z.string().nullable().catch(null)
const count = z.number().int().nonnegative().nullable().catch(null)

export function recordType<Text extends string, Count extends string = never>(
  object: string,
  texts: readonly Text[],
  counts: readonly Count[] = [],
): RecordType<Row<Text, Count>> {
  const columns = [...texts.map((name) => [name, text] as const), ...counts.map((name) => [name, count] as const)]
  const schema: z.ZodType<unknown> = z.object({ Id: id, ...Object.fromEntries(columns) })
  return { object, fields: ['Id', ...texts, ...counts], numbers: counts, schema: schema as z.ZodType<Row<Text, Count>> }
}

// The channel is a MessagingChannel, or a CallCenter for voice.
const ofConversation = ['ConversationIdentifier', 'ConversationChannelId', 'StartTime', 'EndTime'] as const
export type ConversationRow = Row<(typeof ofConversation)[number]>
export const conversationType: RecordType<ConversationRow> = recordType('Conversation', ofConversation)

const ofSession = ['ConversationId', 'Status', 'StartTime', 'EndTime', 'MessagingEndUserId'] as const
const countsOfSession = ['AgentMessageCount', 'EndUserMessageCount'] as const
export type SessionRow = Row<(typeof ofSession)[number], (typeof countsOfSession)[number]>
export const sessionType: RecordType<SessionRow> = recordType('MessagingSession', ofSession, countsOfSession)

/** A session without anything else about it. */
export type BareSessionRow = Row<never>
export const bareSessionType: RecordType<BareSessionRow> = recordType('MessagingSession', [])

/** A session, read for the sake of its conversation. */
export interface OutlyingSessionRow {
  readonly Id: string
  readonly ConversationId: string
  readonly Conversation: Omit<ConversationRow, 'Id'>
}
const parentSchema = z.object(Object.fromEntries(ofConversation.map((name) => [name, text])))
export const outlyingSessionType: RecordType<OutlyingSessionRow> = {
  object: 'MessagingSession',
  fields: ['Id', 'ConversationId', ...ofConversation.map((name) => `Conversation.${name}`)],
  numbers: [],
  schema: z.object({
    Id: id,
    ConversationId: id,
    Conversation: parentSchema as unknown as z.ZodType<OutlyingSessionRow['Conversation']>,
  }),
}

const ofParticipant = [
  'ConversationId',
  'ParticipantEntityId',
  'ParticipantRole',
  'ParticipantDisplayName',
  'JoinedTime',
  'LeftTime',
] as const
export type ParticipantRow = Row<(typeof ofParticipant)[number]>
export const participantType: RecordType<ParticipantRow> = recordType('ConversationParticipant', ofParticipant)

const ofEndUser = ['Name', 'MessagingPlatformKey', 'MessageType', 'ContactId'] as const
export type EndUserRow = Row<(typeof ofEndUser)[number]>
export const endUserType: RecordType<EndUserRow> = recordType('MessagingEndUser', ofEndUser)

const ofContact = [
  'Name',
  'FirstName',
  'LastName',
  'Email',
  'Phone',
  'MobilePhone',
  'HomePhone',
  'OtherPhone',
  'MailingStreet',
  'OtherStreet',
] as const
export type ContactRow = Row<(typeof ofContact)[number]>
export const contactType: RecordType<ContactRow> = recordType('Contact', ofContact)

const ofChannel = ['MasterLabel', 'MessageType'] as const
export type ChannelRow = Row<(typeof ofChannel)[number]>
export const channelType: RecordType<ChannelRow> = recordType('MessagingChannel', ofChannel)

const ofVoiceCall = ['ConversationId', 'CallType', 'EndUserId', 'FromPhoneNumber', 'ToPhoneNumber'] as const
export type VoiceCallRow = Row<(typeof ofVoiceCall)[number]>
export const voiceCallType: RecordType<VoiceCallRow> = recordType('VoiceCall', ofVoiceCall)

const ofMetric = ['MessagingSessionId', 'MessagingSessionMetricType'] as const
const valueOfMetric = ['MessagingSessionMetricValue'] as const
export type MetricRow = Row<(typeof ofMetric)[number], (typeof valueOfMetric)[number]>
export const metricType: RecordType<MetricRow> = recordType('MessagingSessionMetrics', ofMetric, valueOfMetric)

/**
 * The server's codes that matter here.
 * assumption: from public clients and common experience; the query resource's page does not list them.
 */
export const errorCodes: {
  readonly locatorLost: string
  /** The object or one of its fields does not exist for this user. */
  readonly notVisible: readonly string[]
} = {
  locatorLost: 'INVALID_QUERY_LOCATOR',
  notVisible: ['INVALID_TYPE', 'INVALID_FIELD'],
}
