import type { Blocker, ErasurePlan, PlannedArchive } from '../erasure-plan.ts'
import type { ErasureRequest } from '../erasure-request.ts'
import type { ErasureStore } from '../erasure-store.ts'
import type { AskOptions } from '../soql/read-rows.ts'
import type { Target, TargetKind } from '../target.ts'
import { composePlan } from './compose-plan.ts'
import type { Calls, Pace } from './finish-by.ts'
import { surveyTargets } from './survey-targets.ts'
import type { Survey, SurveyGap, TargetFacts } from './target-facts.ts'

/** By what archives are searched for the people of one request. */
export interface ArchiveSearch {
  readonly request: string
  readonly conversations: ReadonlySet<string>
  readonly endUserIds: ReadonlySet<string>
}

/** What archives hold. */
export interface ArchiveFindings {
  /** By request. */
  readonly archives: ReadonlyMap<string, readonly PlannedArchive[]>
  /** Identifiers of the conversations looked for that some archive holds. */
  readonly archived: ReadonlySet<string>
  /** Whether some archive could not be looked through. */
  readonly isPartial: boolean
}

/** Which requests are planned, and against which org. */
export interface MakePlansOptions extends AskOptions {
  readonly store: Pick<ErasureStore, 'requests' | 'targets' | 'holds'>
  /** Whose targets are decided. */
  readonly requests: readonly ErasureRequest[]
  /** How the configuration calls the org. */
  readonly orgAlias: string
  /** What stands against every deletion in this org: see {@link checkDeletionApi}. */
  readonly orgBlockers: readonly Blocker[]
  readonly minimumRetention: string | null
  readonly pace: Pace
  /** Looks through archives for all requests at once: each is read one time. Null: archives are left out. */
  readonly searchArchives: ((sought: readonly ArchiveSearch[]) => Promise<ArchiveFindings>) | null
  /** Epoch milliseconds. */
  readonly now: number
}

/** So many targets are asked about together: the ids of their sessions and conversations are held meanwhile. */
const targetsTogether = 200

/** Before which requests others wait: their calls are still to be made. */
const inLine: readonly ErasureRequest['state'][] = ['approved', 'running']

/**
 * Makes the plans of requests: those that are due first get the first calls. Nothing is written.
 *
 * @throws what the client, the store and `searchArchives` throw
 */
export async function makePlans(options: MakePlansOptions): Promise<readonly ErasurePlan[]> {
  const { store, orgAlias: org, orgBlockers, minimumRetention, pace, searchArchives, now } = options
  const requests = options.requests.toSorted((a, b) =>
    `${a.dueOn} ${a.reference}` < `${b.dueOn} ${b.reference}` ? -1 : 1,
  )
  const surveys = await surveyRequests(requests, options)
  const found =
    searchArchives &&
    (await searchArchives(requests.map(({ reference }) => searchOf(reference, surveys.get(reference)?.targets ?? []))))
  const holds = await store.holds({ active: true })
  const ahead = await callsInLine(store, new Set(requests.map(({ reference }) => reference)))
  return requests.map((request) => {
    const { targets, notSeen } = surveys.get(request.reference) ?? { targets: [], notSeen: [] }
    const plan = composePlan({
      request,
      org,
      survey: { targets, notSeen: [...notSeen, ...(found?.isPartial ? ['archives-unreadable' as const] : [])].sort() },
      holds,
      minimumRetention,
      orgBlockers,
      archives: found?.archives.get(request.reference) ?? [],
      archived: found?.archived ?? null,
      pace,
      ahead: { ...ahead },
      now,
    })
    for (const { kind, blockers } of plan.targets) if (blockers.length === 0) ahead[kind] += 1
    return plan
  })
}

async function surveyRequests(
  requests: readonly ErasureRequest[],
  options: MakePlansOptions,
): Promise<ReadonlyMap<string, Survey>> {
  const references = new Set(requests.map(({ reference }) => reference))
  const all = (await options.store.targets()).filter(({ request }) => references.has(request))
  const surveys = new Map<string, { targets: TargetFacts[]; notSeen: readonly SurveyGap[] }>()
  for (const group of together([...Map.groupBy(all, ({ request }) => request).values()])) {
    const { targets, notSeen } = await surveyTargets({ ...options, targets: group })
    for (const [at, { request }] of group.entries()) {
      const survey = surveys.get(request) ?? { targets: [], notSeen }
      surveys.set(request, survey)
      survey.targets.push(targets[at] as TargetFacts)
    }
  }
  return surveys
}

/** Whole requests, so many that their targets are about {@link targetsTogether}. */
function* together(groups: readonly (readonly Target[])[]): Generator<readonly Target[]> {
  let batch: Target[] = []
  for (const group of groups) {
    if (batch.length > 0 && batch.length + group.length > targetsTogether) {
      yield batch
      batch = []
    }
    batch.push(...group)
  }
  if (batch.length > 0) yield batch
}

function searchOf(request: string, targets: readonly TargetFacts[]): ArchiveSearch {
  const own = targets.filter(({ kind }) => kind === 'end-user').map(({ id }) => id)
  const named = targets.filter(({ kind }) => kind === 'conversation').map(({ id }) => id)
  const found = targets.flatMap(({ conversations }) => conversations.map(({ identifier }) => identifier))
  return {
    request,
    conversations: new Set([...named, ...found].filter((identifier) => identifier !== null)),
    endUserIds: new Set(own),
  }
}

/** Calls of requests that were approved before these and not made yet. */
async function callsInLine(
  store: MakePlansOptions['store'],
  except: ReadonlySet<string>,
): Promise<Record<TargetKind, number> & Calls> {
  const calls: Record<TargetKind, number> = { 'end-user': 0, conversation: 0 }
  const waiting = new Set(
    (await store.requests())
      .filter(({ state, measure }) => inLine.includes(state) && measure === 'erase')
      .map((each) => each.reference),
  )
  for (const { request, kind, state, outcome } of await store.targets()) {
    if (waiting.has(request) && !except.has(request) && state === 'planned' && outcome === 'pending') calls[kind] += 1
  }
  return calls
}
