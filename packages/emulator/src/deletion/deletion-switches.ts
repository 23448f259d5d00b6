import { z } from 'zod'
import { type LossySource, lossySources } from '../faults/lossy.ts'

/** What the org is seen through: `records` is SOQL, Bulk API and the classic Data Export. */
export type Sight = 'records' | LossySource

export const sights: readonly Sight[] = ['records', ...lossySources]

/** The words of `ConversationApiLog.Status`. */
export interface LogStatuses {
  readonly requested: string
  readonly enqueued: string
  readonly running: string
  readonly done: string
  readonly failed: string
}

// assumption: only the first two are documented, as those of the answer; the words of an end are not.
export const defaultLogStatuses: LogStatuses = {
  requested: 'REQUESTED',
  enqueued: 'ENQUEUED',
  running: 'IN_PROGRESS',
  done: 'COMPLETED',
  failed: 'FAILED',
}

// Documented for what is added to Data 360: up to an hour. assumption: what is deleted takes as long.
export const defaultLagMs: Readonly<Record<Sight, number>> = {
  records: 0,
  'conversation-data': 0,
  connect: 0,
  data360: 3_600_000,
  'transcript-export': 0,
}

/** Somebody's note that a record has to be kept. */
export interface PrivacyHoldRow {
  readonly recordId: string
  /** @defaultValue true */
  readonly isActive?: boolean
  /** `2026-12-31` */
  readonly endDate?: string
}

/** How deletion is asked for and what comes of it. Record ids are taken with 15 and with 18 characters. */
export interface DeletionSwitches {
  // How it is asked for.
  /** Below the base of the Conversation Data API. */
  readonly participantsPath: string
  readonly conversationsPath: string
  /** `query`: repeated, or with commas between them. `body`: a list in a JSON object. */
  readonly idsIn: 'query' | 'body'
  readonly participantsParameter: string
  readonly conversationsParameter: string
  readonly conversationIdForm: 'either' | 'record-id' | 'identifier'
  readonly idsPerRequest: number

  // Who may ask.
  readonly governmentCloud: boolean
  /** Execution users without the permission, counted from 0. */
  readonly refusedUsers: readonly number[]
  /** What is said of a token that is none, or has expired. */
  readonly badToken: 404 | 401

  // What stands in the way.
  /** A session in any other status is open. */
  readonly closedStatuses: readonly string[]
  /** End users that are locked: 423. */
  readonly locked: readonly string[]
  /** What is said of one whose deletion is under way. */
  readonly againWhilePending: 'accepted' | 'locked'
  /** End users with children that forbid their deletion. */
  readonly restricted: readonly string[]
  /** Where that is told: in the log, behind a 202, or at once by 409. */
  readonly restrictedAnswer: 'log' | 'refused'
  /** End users and conversations whose deletion is accepted and fails. */
  readonly failing: readonly string[]
  /** Every nth deletion that is accepted fails. 0: none. */
  readonly failEveryNth: number

  // What comes of it.
  readonly answerBody: 'logs' | 'no-logs' | 'none'
  /** From the answer to the end, in milliseconds. */
  readonly delayMs: number
  /** `nothing`: accepted, logged as done, and nothing is gone. */
  readonly effect: 'erases' | 'nothing'
  readonly statuses: Partial<LogStatuses>
  /** What the log says: the truth, or whatever came of it always the same, or never an end, or there is no row. */
  readonly log: 'true' | 'done' | 'failed' | 'stuck' | 'absent'
  /** What becomes of files that messages carried. */
  readonly files: 'kept' | 'deleted'
  /** What a conversation loses in which other end users take part: what the person wrote, nothing, or everything. */
  readonly sharedConversations: 'entries' | 'untouched' | 'whole'

  // Where it is seen.
  /** For how long, once it is gone, a sight shows it still, in milliseconds. */
  readonly lagMs: Partial<Record<Sight, number>>
  /** Sights that never lose it. */
  readonly keeps: readonly Sight[]
  /** How long after it was gone from a sight it is there again, for good, in milliseconds. */
  readonly reappearsAfterMs: Partial<Record<Sight, number>>
  /** Sights that show no end user, session, conversation or entry at all once a deletion has ended. */
  readonly blind: readonly Sight[]

  /** Rows of `PrivacyHold`; null where the org has no such object. */
  readonly privacyHolds: readonly PrivacyHoldRow[] | null
}

/** The deletion API as it is documented, and as it is assumed where it is not. */
export const defaultDeletionSwitches: DeletionSwitches = {
  participantsPath: 'conversation-participants',
  conversationsPath: 'conversations',
  // assumption: how ids are passed, and under which names, is undocumented; the operations are called
  // deleteConversationParticipantsByParticipantEntityId and deleteConversationsById.
  idsIn: 'query',
  participantsParameter: 'participantEntityIds',
  conversationsParameter: 'conversationIds',
  // assumption: by the record's id or by the UUID that the other requests use.
  conversationIdForm: 'either',
  // assumption: how many ids a request may name.
  idsPerRequest: 100,
  governmentCloud: false,
  refusedUsers: [],
  // Documented: an invalid token is one of three causes of 404.
  badToken: 404,
  // Documented: "close all sessions"; that only `Ended` counts as closed is how the guide's own check reads.
  closedStatuses: ['Ended'],
  locked: [],
  // assumption: a second request is a second log entry.
  againWhilePending: 'accepted',
  restricted: [],
  // assumption: "the delete fails", without a status.
  restrictedAnswer: 'log',
  failing: [],
  failEveryNth: 0,
  answerBody: 'logs',
  delayMs: 0,
  effect: 'erases',
  statuses: {},
  log: 'true',
  // assumption: files are not among what is documented as deleted.
  files: 'kept',
  // assumption: the participant and what they wrote; the conversation is somebody else's too.
  sharedConversations: 'entries',
  lagMs: {},
  keeps: [],
  reappearsAfterMs: {},
  blind: [],
  privacyHolds: null,
}

const whole = z.number().int().min(0)
const id = z.string().regex(/^(?:[0-9A-Za-z]{15}|[0-9A-Za-z]{18})$/)
const literal = z.string().min(1)
const sight = z.enum(sights)
// A partial record says that its values may be undefined; read from a file they are not.
const times = z.partialRecord(sight, whole) as unknown as z.ZodType<Partial<Record<Sight, number>>>

export const deletionShape: { readonly [Name in keyof DeletionSwitches]: z.ZodType<DeletionSwitches[Name]> } = {
  participantsPath: literal,
  conversationsPath: literal,
  idsIn: z.enum(['query', 'body']),
  participantsParameter: literal,
  conversationsParameter: literal,
  conversationIdForm: z.enum(['either', 'record-id', 'identifier']),
  idsPerRequest: z.number().int().min(1),
  governmentCloud: z.boolean(),
  refusedUsers: z.array(whole),
  badToken: z.union([z.literal(404), z.literal(401)]),
  closedStatuses: z.array(z.string()),
  locked: z.array(id),
  againWhilePending: z.enum(['accepted', 'locked']),
  restricted: z.array(id),
  restrictedAnswer: z.enum(['log', 'refused']),
  failing: z.array(z.string()),
  failEveryNth: whole,
  answerBody: z.enum(['logs', 'no-logs', 'none']),
  delayMs: whole,
  effect: z.enum(['erases', 'nothing']),
  statuses: z.strictObject({
    requested: z.exactOptional(literal),
    enqueued: z.exactOptional(literal),
    running: z.exactOptional(literal),
    done: z.exactOptional(literal),
    failed: z.exactOptional(literal),
  }),
  log: z.enum(['true', 'done', 'failed', 'stuck', 'absent']),
  files: z.enum(['kept', 'deleted']),
  sharedConversations: z.enum(['entries', 'untouched', 'whole']),
  lagMs: times,
  keeps: z.array(sight),
  reappearsAfterMs: times,
  blind: z.array(sight),
  privacyHolds: z
    .array(
      z.strictObject({
        recordId: id,
        isActive: z.exactOptional(z.boolean()),
        endDate: z.exactOptional(z.string().regex(/^\d{4}-\d\d-\d\d$/)),
      }),
    )
    .nullable(),
}
