import { entryKinds } from '@custody/model'
import { z } from 'zod'
import { contentSchema, roleSchema } from './content-schema.ts'
import { archiveFormats } from './options.ts'
import type { RunDocument } from './run-document.ts'

// The JSON files of an archive. They travel with it, so that it explains itself.

const instant = z
  .string()
  .regex(/^-?\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  .describe('ISO 8601, UTC, milliseconds')
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const salt = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
const count = z.number().int().min(0)
const counts = z.record(z.string(), count)
const text = z.string().nullable()
const erasureId = z.string().regex(/^ER-[A-Z2-7]{16}$/)

const conversationLine = z
  .strictObject({
    v: z.literal(1).describe('Version of this line'),
    salt: salt.describe('32 bytes, base64url: hides the content from whoever only holds hashes of this line'),
    conversation: z.strictObject({
      identifier: z.string().describe('ConversationIdentifier in Salesforce'),
      recordId: text.describe('Id of the Conversation record'),
      channelName: text,
      channelType: text.describe(
        'MessageType of the channel in Salesforce’s word: EmbeddedMessaging, WhatsApp, Text …',
      ),
      startTime: instant.nullable(),
      endTime: instant.nullable(),
      continuedBefore: z.boolean().describe('It has entries before the window of this archive'),
      continuesAfter: z.boolean().describe('It has entries after the window of this archive'),
    }),
    sessions: z.array(
      z.strictObject({
        recordId: z.string().describe('Id of the MessagingSession record'),
        status: text,
        startTime: instant.nullable(),
        endTime: instant.nullable(),
        endUserId: text.describe('Id of the MessagingEndUser record'),
        agentMessageCount: count.nullable(),
        endUserMessageCount: count.nullable(),
      }),
    ),
    participants: z.array(
      z.strictObject({
        role: roleSchema,
        displayName: text,
        recordId: text,
        joinedAt: instant.nullable(),
        leftAt: instant.nullable(),
      }),
    ),
    entries: z
      .array(
        z.strictObject({
          entryId: z.string().describe('Identifier of the entry, as received'),
          sentAt: instant.describe('Time at the server: orders entries and decides the window'),
          clientAt: instant.nullable().describe('Time at the sender'),
          kind: z.enum(entryKinds).describe('Our reading of the entry; other: a type we do not know, see payload'),
          entryType: z.string().describe('Type in Salesforce’s word'),
          sender: z.strictObject({ role: roleSchema, appType: text, subject: text, displayName: text }),
          text: text.describe('What a person read, decoded; null where there was nothing to read'),
          content: contentSchema.nullable().describe('The structured parts of what was sent'),
          relatedRecords: z.array(z.string()).describe('Ids of related records'),
          source: z
            .enum(['conversation-data', 'connect', 'data360', 'transcript-export', 'records'])
            .describe('Which interface delivered the entry'),
          payload: z.unknown().describe('What Salesforce sent, verbatim'),
          extra: z
            .unknown()
            .describe('Whatever else came with the entry, verbatim by Salesforce’s names; null for nothing'),
        }),
      )
      .describe('The entries whose sentAt the window holds, by (sentAt, clientAt, entryId)'),
  })
  .describe('A line of data/conversations/*.jsonl: one conversation')

const recordLine = z
  .strictObject({
    index: count.describe('Leaf of the RFC 6962 tree, from 0: line index + 1 of leaves.txt'),
    path: z.string(),
    line: z.number().int().min(1),
    size: z.number().int().min(1).describe('Bytes of the line, its LF included'),
    sha256: sha256.describe('SHA-256 of the line, its LF included'),
    salt: salt.describe('The salt of the line'),
  })
  .describe('A line of integrity/records.jsonl. Its leaf is SHA-256(0x00 and this line, LF included)')

/** An erased conversation keeps its place: line numbers of all others stay true. */
const erasedLine = z
  .strictObject({
    v: z.literal(1),
    erased: z.strictObject({ index: count.describe('Of the record'), erasure: erasureId }),
  })
  .describe('What stands for a conversation that was erased')

const erasedRecord = z
  .strictObject({ index: count, erased: erasureId })
  .describe('The record of a conversation that was erased: its leaf stays in leaves.txt')

const erasureLine = z
  .strictObject({
    v: z.literal(1),
    id: erasureId,
    indexes: z.array(count).describe('Records that were erased; none where only reports named the conversation'),
    basis: z
      .string()
      .regex(/^[a-z0-9-]{1,60}$/)
      .describe('Why, as a code'),
    reference: text.describe('The request, as whoever asked calls it'),
    erasedAt: instant,
    operator: z.string(),
    supersedes: sha256.nullable().describe('SHA-256 of the seal.txt before; null where there was none'),
  })
  .describe('A line of integrity/erasures.jsonl: one erasure inside this archive')

const auditLine = z
  .strictObject({
    n: count.describe('From 0, over the whole log of the org'),
    t: instant,
    actor: z.string(),
    act: z.string(),
    run: text,
    obj: text.describe('What it was done to, by its id'),
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    prev: sha256.describe('SHA-256 of the line before, LF included; zeros for the first'),
  })
  .describe('A line of audit/audit.jsonl: the part of the org’s audit log since the archive before')

const subject = z.strictObject({ type: z.string(), id: text })

const rejectLine = z
  .strictObject({
    v: z.literal(1),
    stage: z.string().describe('Which step refused it'),
    code: z.string(),
    subject: subject.describe('What was refused'),
    within: subject.nullable().describe('What it is a part of; that went on without it'),
    message: z.string(),
  })
  .describe('A line of data/reports/rejects.jsonl: a record refused on the way')

const redactionLine = z
  .strictObject({
    v: z.literal(1),
    identifier: z.string().describe('Conversation identifier'),
    entryId: text.describe('The entry; null for fields of the conversation'),
    field: z.string().describe('Path in the conversation’s line'),
    type: z.string().describe('What was found: EMAIL, PHONE, NAME …'),
    detector: z.string().describe('What found it'),
    action: z.string().describe('What was done: pseudonym, label, mask, drop'),
    start: count.describe('Where in the original text, in UTF-16 code units'),
    length: count,
  })
  .describe('A line of data/reports/redactions.jsonl: one replacement; never what stood there')

const runDocument = z
  .strictObject({
    v: z.literal(1).describe('Version of the archive format'),
    archive: z.string().describe('Name of the archive'),
    org: z.string(),
    window: z.strictObject({ from: instant, to: instant.describe('Not included') }),
    amends: z
      .strictObject({
        archive: z.string().describe('Name of the archive that holds the window'),
        number: z.number().int().min(1).describe('Of its amendments, from 1'),
        late: count.describe('Entries that no archive had; they are here'),
        changed: count.describe('Entries that an archive has otherwise; as they are now, they are here'),
        vanished: count.describe('Entries that an archive has and Salesforce no longer'),
      })
      .optional()
      .describe(
        'It is an amendment: of what was read anew it holds what is late or changed, see amendments.csv. Absent for an archive of its own',
      ),
    mode: z.enum(['plain', 'redacted']),
    formats: z.array(z.enum(archiveFormats)),
    verdict: z
      .enum(['complete', 'counted', 'incomplete', 'empty'])
      .describe(
        'complete: every conversation is accounted for by an independent count and a second source. counted: by the count alone, which knows messages of agents and end users. incomplete: see gaps.csv',
      ),
    counts: z.strictObject({
      found: count.describe('Conversations of the census: archived, excluded or refused'),
      conversations: count.describe('Lines of the master'),
      entries: count,
      attachments: count.describe('Files under data/attachments/'),
      entriesBySource: counts,
      excluded: count.describe('Conversations of the census of which nothing belongs to the window'),
      gaps: count.describe('Rows of gaps.csv'),
      rejects: count,
      drops: counts.describe('Records left out on purpose, by reason'),
      redactionsByType: counts,
      differences: counts.describe('Entries on which sources disagree, by how; each stands in differences.csv'),
      matched: count,
      missing: count,
      extra: count,
      differs: count,
      unknown: count,
      countedOnly: count.describe('Conversations whose completeness rests on Salesforce’s counts of messages alone'),
    }),
    erased: count
      .optional()
      .describe(
        'Conversations erased from this archive since, 0 where only reports named one; counts stay those of the run. Absent without an erasure',
      ),
    payloadOxum: z.string().describe('Bytes and number of files under data/'),
    recordsRoot: sha256.describe('Root of the RFC 6962 tree over integrity/leaves.txt'),
    finishedAt: instant,
    run: z.looseObject({ runId: z.string(), tool: z.string(), startedAt: instant }).describe('Facts of the run'),
  })
  .describe('run.json: what was asked, what came of it')

/** Checks `run.json` when an archive is read. */
export const runSchema: z.ZodType<RunDocument> = runDocument

const documents = {
  conversation: z.union([conversationLine, erasedLine]).describe('A line of data/conversations/*.jsonl'),
  record: z.union([recordLine, erasedRecord]).describe('A line of integrity/records.jsonl'),
  erasure: erasureLine,
  audit: auditLine,
  reject: rejectLine,
  redaction: redactionLine,
  run: runDocument,
}

/** The files of `schema/`: JSON Schema 2020-12. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(documents).map(([name, schema]) => [
      `schema/${name}.schema.json`,
      `${JSON.stringify(z.toJSONSchema(schema, { target: 'draft-2020-12' }), null, 2)}\n`,
    ]),
  )
}
