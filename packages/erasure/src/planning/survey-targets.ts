import type { AskOptions } from '../soql/read-rows.ts'
import type { Target } from '../target.ts'
import { readPrivacyHolds } from './privacy-holds.ts'
import { readRestrictingChildren } from './restricting-children.ts'
import { readConversations, readEndUsers, readParticipants, readSessions, readVoiceCalls } from './survey-records.ts'
import { TargetDraft } from './target-draft.ts'
import type { Survey, SurveyGap } from './target-facts.ts'

/** Which targets are looked at. */
export interface SurveyOptions extends AskOptions {
  /**
   * What is to be deleted, of one request or of many. Targets of the same `request` are one person: they do not share conversations
   * with themselves.
   */
  readonly targets: readonly Pick<Target, 'request' | 'kind' | 'id'>[]
  /** Epoch milliseconds: which privacy holds hold now. */
  readonly now: number
}

/**
 * Asks the org what belongs to the targets of a deletion and what stands in its way. A few hundred targets at a time: the ids of their
 * sessions and conversations are held meanwhile.
 *
 * @throws CustodyError `ERASURE_QUERY_SHORT`, `ERASURE_QUERY_MALFORMED`; what the client throws
 */
export async function surveyTargets(options: SurveyOptions): Promise<Survey> {
  const { targets, now } = options
  const drafts = targets.map((target) => ({ draft: new TargetDraft(target), request: target.request }))
  const all = drafts.map(({ draft }) => draft)
  const notSeen = new Set<SurveyGap>()
  const people = all.filter(({ target }) => target.kind === 'end-user')
  await readEndUsers(people, options)
  await readConversations(
    all.filter(({ target }) => target.kind === 'conversation'),
    options,
  )
  await readParticipants(drafts, options, notSeen)
  await readVoiceCalls(all, options, notSeen)
  await readSessions(drafts, options)
  await readRestrictingChildren(all, options, notSeen)
  await readPrivacyHolds(all, now, options, notSeen)
  return { targets: all.map((draft) => draft.facts()), notSeen: [...notSeen].sort() }
}
