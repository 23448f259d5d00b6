import { HttpStatusError, type OrgClient } from '@custody/http'
import type { Window } from '@custody/model'
import { z } from 'zod'
import { transcriptsQuery } from './legacy-transcripts.ts'
import { checkQueryOptions, checkWindow } from './options.ts'
import { countRows, type QueryOptions } from './query-pages.ts'
import type { Query } from './soql.ts'
import { transcriptType } from './transcript-row.ts'
import {
  type BareSessionRow,
  channelType,
  contactType,
  conversationType,
  defaultApiVersion,
  endUserType,
  malformed,
  metricType,
  participantType,
  type RecordType,
  recordType,
  sessionType,
  voiceCallType,
} from './wire.ts'

/** Which org is looked at, and whether records are counted too. */
export interface SurveyObjectsOptions {
  readonly org: OrgClient
  /** Where given, rows of the window are counted that no census leads to. */
  readonly window?: Window
  /** @defaultValue `'66.0'` */
  readonly apiVersion?: string
  readonly signal?: AbortSignal
}

/**
 * What an object is for: a census cannot do without the `required`; without one for `context` an archive lacks names or
 * redaction knows less, which the census records as a gap; an `optional` one belongs to a product an org need not have.
 */
export type ObjectNeed = 'required' | 'context' | 'optional'

/** Whether an object can be read by this user, and what of it cannot. */
export interface SurveyedObject {
  readonly object: string
  readonly need: ObjectNeed
  /** Whether all that is asked for can be read. */
  readonly visible: boolean
  /**
   * `not-listed`: the org does not have the object, or the execution user may not see it. Salesforce answers both alike, so
   * nobody can tell from here. `fields-hidden`: it is there, but some of its fields may not be read. Null where it is visible.
   */
  readonly reason: 'not-listed' | 'fields-hidden' | null
  readonly hiddenFields: readonly string[]
  /**
   * Rows of the window that no conversation of the census leads to: voice calls without a conversation, and all legacy chats,
   * which {@link legacyTranscripts} reads. Null where that was not counted.
   */
  readonly apart: number | null
}

interface Subject {
  readonly type: RecordType<unknown>
  readonly need: ObjectNeed
  readonly countApart?: (window: Window, options: QueryOptions) => Promise<number>
}

const subjects: readonly Subject[] = [
  { type: conversationType, need: 'required' },
  { type: sessionType, need: 'required' },
  { type: endUserType, need: 'required' },
  { type: participantType, need: 'context' },
  { type: contactType, need: 'context' },
  { type: channelType, need: 'context' },
  {
    type: voiceCallType,
    need: 'optional',
    countApart: (window, options) => countRows(unmonitoredCalls(window), options),
  },
  {
    type: transcriptType,
    need: 'optional',
    countApart: (window, options) => countRows(transcriptsQuery(window), options),
  },
  { type: metricType, need: 'optional' },
]

/** Calls that were not monitored: Salesforce keeps no conversation of them. */
function unmonitoredCalls({ from, to }: Window): Query<BareSessionRow> {
  const began = `CallStartDateTime >= ${from} AND CallStartDateTime < ${to}`
  return { type: recordType(voiceCallType.object, []), where: `ConversationId = null AND ${began}`, orderBy: ['Id'] }
}

const listSchema = z.object({ sobjects: z.array(z.object({ name: z.string() })) })
const describeSchema = z.object({ fields: z.array(z.object({ name: z.string() })) })

/**
 * Says which objects the execution user can read: one request for the list of objects, one for each object on it.
 *
 * This is information, not a verdict: what the census could not read is recorded by the census.
 *
 * @throws CustodyError `CENSUS_WINDOW`, `CENSUS_API_VERSION` (usage); `CENSUS_PAGE_MALFORMED`
 */
export async function surveyObjects(options: SurveyObjectsOptions): Promise<readonly SurveyedObject[]> {
  checkQueryOptions('surveyObjects', options)
  const { window } = options
  if (window) checkWindow('surveyObjects', window)
  const listed = new Set((await describe('', listSchema, options)).sobjects.map(({ name }) => name))
  const surveyed: SurveyedObject[] = []
  for (const { type, need, countApart } of subjects) {
    const { object } = type
    const hidden = listed.has(object) ? await hiddenFields(type, options) : null
    const visible = hidden?.length === 0
    surveyed.push({
      object,
      need,
      visible,
      reason: hidden === null ? 'not-listed' : visible ? null : 'fields-hidden',
      hiddenFields: hidden ?? [],
      apart: visible && window && countApart ? await countApart(window, options) : null,
    })
  }
  return surveyed
}

/** The fields asked for that cannot be read; null where the object vanished meanwhile. */
async function hiddenFields(
  { object, fields }: RecordType<unknown>,
  options: SurveyObjectsOptions,
): Promise<readonly string[] | null> {
  try {
    const { fields: visible } = await describe(`${object}/describe`, describeSchema, options)
    const names = new Set(visible.map(({ name }) => name))
    return fields.filter((field) => !names.has(field))
  } catch (error) {
    if (error instanceof HttpStatusError && error.status === 404) return null
    throw error
  }
}

function describe<T>(
  rest: string,
  schema: z.ZodType<T>,
  { org, apiVersion = defaultApiVersion, signal }: SurveyObjectsOptions,
): Promise<T> {
  const where = `The description of ${rest.replace('/describe', '') || 'all objects'}`
  return org.getJson({
    origin: 'instance',
    path: `/services/data/v${apiVersion}/sobjects${rest && `/${rest}`}`,
    endpoint: 'describe',
    parse: (document) => {
      const result = schema.safeParse(document)
      if (!result.success) throw malformed(where, 'it lists no names')
      return result.data
    },
    ...(signal && { signal }),
  })
}
