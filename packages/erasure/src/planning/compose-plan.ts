import { addDays, dayOf } from '../day.ts'
import type { Blocker, ErasurePlan, PlannedArchive, PlannedTarget } from '../erasure-plan.ts'
import type { ErasureRequest } from '../erasure-request.ts'
import type { HeldSubject, Hold } from '../hold.ts'
import { standing } from '../holding/standing.ts'
import { type Calls, finishBy, type Pace } from './finish-by.ts'
import type { Survey, TargetFacts } from './target-facts.ts'

/**
 * What a deletion does not reach, as codes. Documented is what it erases; that it leaves these is the other half of it: contacts, leads
 * and accounts; cases; files of sessions; copies in Data 360; other systems; copies that were made of all this.
 */
export const notCovered: readonly string[] = ['contact', 'case', 'files', 'data360', 'other-systems', 'other-copies']

/** What a plan is put together from. */
export interface ComposeOptions {
  readonly request: Pick<ErasureRequest, 'reference' | 'dueOn'>
  readonly org: string
  /** Of the targets of this request. */
  readonly survey: Survey
  readonly holds: readonly Hold[]
  /** For how long a law has every conversation kept, `6y`. Null: none does. */
  readonly minimumRetention: string | null
  /** What stands against every deletion in this org: see {@link checkDeletionApi}. */
  readonly orgBlockers: readonly Blocker[]
  readonly archives: readonly PlannedArchive[]
  /** Identifiers of conversations that some archive holds; null where none was looked through. */
  readonly archived: ReadonlySet<string> | null
  readonly pace: Pace
  /** Calls of requests that were approved before and not made yet. */
  readonly ahead: Calls
  /** Epoch milliseconds. */
  readonly now: number
}

/** The plan of one request. Pure: the same facts, the same plan. */
export function composePlan(options: ComposeOptions): ErasurePlan {
  const { request, org, survey, archives, archived, pace, ahead, now } = options
  const targets = survey.targets.map((facts) => plannedTarget(facts, options))
  const free = targets.filter(({ blockers }) => blockers.length === 0)
  const calls = {
    'end-user': free.filter(({ kind }) => kind === 'end-user').length,
    conversation: free.filter(({ kind }) => kind === 'conversation').length,
  }
  const end = finishBy(calls, ahead, pace, now)
  return {
    v: 1,
    request: request.reference,
    org,
    madeAt: new Date(now).toISOString(),
    dueOn: request.dueOn,
    targets: targets.toSorted((a, b) => (`${a.kind} ${a.id}` < `${b.kind} ${b.id}` ? -1 : 1)),
    archives: archives
      .map(({ name, conversations }) => ({ name: safeName(name), conversations }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    export: null,
    notArchived: archived && notArchived(survey.targets, archived),
    notCovered,
    notSeen: survey.notSeen,
    calls: free.length,
    finishBy: new Date(end).toISOString(),
    inTime: dayOf(end) <= request.dueOn,
  }
}

function notArchived(targets: readonly TargetFacts[], archived: ReadonlySet<string>): number {
  const conversations = new Map(targets.flatMap((target) => target.conversations.map((each) => [each.recordId, each])))
  return [...conversations.values()].filter(({ identifier }) => identifier === null || !archived.has(identifier)).length
}

function plannedTarget(
  facts: TargetFacts,
  { holds, minimumRetention, now, orgBlockers }: ComposeOptions,
): PlannedTarget {
  const { kind, id, counts, notCounted, messages, shared } = facts
  return {
    kind,
    id,
    counts,
    notCounted,
    messages,
    blockers: [...ownBlockers(facts), ...heldBy(facts, holds, minimumRetention, now), ...orgBlockers],
    sharedConversations: shared,
  }
}

function ownBlockers({ recordId, openSessions, restricting, privacyHolds }: TargetFacts): readonly Blocker[] {
  return [
    ...(recordId === null ? [{ code: 'not-found', detail: null } as const] : []),
    ...(openSessions > 0 ? [{ code: 'open-session', detail: String(openSessions) } as const] : []),
    ...Object.entries(restricting).map(
      ([object, records]) => ({ code: 'restricted-children', detail: `${object}: ${records}` }) as const,
    ),
    ...privacyHolds.map((hold) => ({ code: 'privacy-hold', detail: hold }) as const),
  ]
}

function heldBy(
  facts: TargetFacts,
  holds: readonly Hold[],
  minimumRetention: string | null,
  now: number,
): readonly Blocker[] {
  const { hindrances } = standing({ holds, subject: heldSubject(facts, now), now, minimumRetention })
  return hindrances.map(({ ground, hold, until }) =>
    ground === 'legal-hold'
      ? { code: 'hold', detail: hold }
      : { code: 'statutory-retention', detail: hold ?? (until === null ? null : addDays(until, -1)) },
  )
}

/** What holds are asked about. */
export function heldSubject({ endUserIds, contactIds, conversations, times }: TargetFacts, now: number): HeldSubject {
  const soFar = new Date(now).toISOString()
  const known = times.flatMap(({ from, to }) => (from === null ? [] : [{ from, to: to ?? soFar }]))
  return {
    endUserIds,
    contactIds,
    conversations: conversations.map(({ identifier }) => identifier).filter((identifier) => identifier !== null),
    times: known.length < times.length ? null : known,
  }
}

/** Archives are called by their org and time; a file that somebody named may be called by anything. */
function safeName(name: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9-]{0,60}-\d{4}-\d{2}-\d{2}[A-Za-z0-9.T:_-]{0,80}$/.test(name) ? name : 'otherwise-named'
}
