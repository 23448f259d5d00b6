import type { OrgClient, OrgSender } from '@custody/http'
import { type Conversation, toRecordId, type Window } from '@custody/model'
import type { Checkpoint, Clock, Reject, Source } from '@custody/pipeline'
import type { Bulk } from './bulk.ts'
import { objectSource } from './object-source.ts'
import type { Taken } from './pass.ts'
import type { QueryOptions } from './query-pages.ts'
import { byId, present, RelatedReader } from './related.ts'
import type { Query } from './soql.ts'
import { goingOn, type TranscriptRow, transcriptType } from './transcript-row.ts'
import { transcriptToConversation } from './transcript-to-model.ts'
import { pageSizes } from './wire.ts'

/** Which chats of the legacy product are read. */
export interface LegacyTranscriptsOptions {
  readonly org: OrgClient | OrgSender
  readonly window: Window
  /** @defaultValue `'66.0'` */
  readonly apiVersion?: string
  /** A page of a job has ten times the rows of one of a query here. @defaultValue `'never'` */
  readonly bulk?: Bulk
  /** Goes on behind this checkpoint of an earlier run over the same window. */
  readonly after?: Checkpoint
  readonly clock?: Clock
}

/**
 * Chats of the legacy product (Live Agent), which have no `Conversation`: each as a conversation of one entry, its text the
 * transcript verbatim. A chat belongs to the window in which it ended; where no end is recorded, in which it began; where
 * neither is, in which its record was made. So each belongs to exactly one.
 *
 * @throws what {@link census} throws; `CENSUS_OBJECT_NOT_VISIBLE` where `surveyObjects` says so
 */
export function legacyTranscripts(options: LegacyTranscriptsOptions): Source<Conversation> {
  return objectSource({
    ...options,
    name: 'legacy-transcripts',
    pageSize: pageSizes.min,
    query: transcriptsQuery(options.window),
    take: takeTranscripts,
  })
}

/** The legacy chats of a window. */
export function transcriptsQuery({ from, to }: Window): Query<TranscriptRow> {
  const within = (field: string): string => `${field} >= ${from} AND ${field} < ${to}`
  const where = [
    `(${within('EndTime')})`,
    `(EndTime = null AND ${within('StartTime')})`,
    `(EndTime = null AND StartTime = null AND ${within('CreatedDate')})`,
  ].join(' OR ')
  return { type: transcriptType, where, orderBy: ['Id'] }
}

function takeTranscripts(options: QueryOptions): (rows: readonly TranscriptRow[]) => Promise<Taken<Conversation>> {
  const related = new RelatedReader(options)
  return async (rows) => {
    const rejects: Omit<Reject, 'stage'>[] = []
    const contacts = byId(await related.contacts(present(rows, 'ContactId'), rejects))
    const records = rows.flatMap((row) => {
      const contactId = toRecordId(row.ContactId)
      const contact = contacts.get(contactId ?? '') ?? null
      const conversation = transcriptToConversation(row, contact)
      if (conversation === null) {
        rejects.push(about(row, 'TRANSCRIPT_WITHOUT_TIME', 'Nothing says when the chat was.'))
        return []
      }
      const within = { type: 'Conversation', id: conversation.identifier }
      if (goingOn.has(row.Status) && row.EndTime === null) {
        rejects.push({ ...about(row, 'TRANSCRIPT_NOT_ENDED', 'The chat was still going on: more may follow.'), within })
      }
      if (contactId !== null && contact === null && !related.contactsHidden) {
        rejects.push({
          code: 'CONTACT_NOT_FOUND',
          subject: { type: 'Contact', id: contactId },
          within,
          message: 'The chat names it, but the org does not give it out.',
        })
      }
      return [conversation]
    })
    return { records, rejects }
  }
}

function about({ Id }: TranscriptRow, code: string, message: string): Omit<Reject, 'stage'> {
  return { code, subject: { type: transcriptType.object, id: toRecordId(Id) }, message }
}
