import { maskingWire } from '../assumptions.ts'
import { addDays, dayOf } from '../day.ts'
import type { Blocker } from '../erasure-plan.ts'
import type { ErasureRequest } from '../erasure-request.ts'
import type { ErasureStore } from '../erasure-store.ts'
import { standing } from '../holding/standing.ts'
import { heldSubject } from '../planning/compose-plan.ts'
import { surveyTargets } from '../planning/survey-targets.ts'
import type { ConversationFacts, TargetFacts } from '../planning/target-facts.ts'
import type { AskOptions } from '../soql/read-rows.ts'
import { changesText, type MaskFinder, type MaskFindings, type MaskPolicy, type MaskUnread } from './mask-findings.ts'
import { type MaskedConversationPlan, type MaskedTargetPlan, type MaskPlan, notMasked } from './mask-plan.ts'

/** What {@link makeMaskPlan} works with. */
export interface MakeMaskPlanOptions extends AskOptions {
  readonly store: ErasureStore
  /** Whose targets are decided. */
  readonly request: ErasureRequest
  readonly orgAlias: string
  readonly policy: MaskPolicy
  readonly finder: MaskFinder
  readonly minimumRetention: string | null
  /** Requests of Connect REST in an hour, of all users. */
  readonly callsPerHour: number
  /** Epoch milliseconds. */
  readonly now: number
}

/** Of a conversation: two to read it, one to look at its holds, one to change it. */
const callsEach = 4

/**
 * Makes the plan of masking for one request: every conversation of its targets is read and searched. Nothing is written.
 *
 * @throws what the client, the store and the finder throw
 */
export async function makeMaskPlan(options: MakeMaskPlanOptions): Promise<MaskPlan> {
  const { store, request, orgAlias, policy, now, callsPerHour } = options
  const { reference, dueOn } = request
  const survey = await surveyTargets({ ...options, targets: await store.targets({ request: reference }) })
  const found = await search(survey.targets, options)
  const holds = await store.holds({ active: true })
  const targets = survey.targets.map((facts) => targetPlan(facts, found, holds, options))
  const planned = targets.flatMap(({ conversations }) => conversations)
  const calls = planned
    .filter(({ blockers }) => blockers.length === 0)
    .reduce((sum, { texts }) => sum + Math.ceil(texts / maskingWire.textsPerRequest), 0)
  const hours = Math.floor((planned.length * callsEach + calls) / Math.max(1, callsPerHour))
  const finishBy = now + hours * 3_600_000
  return {
    v: 1,
    measure: 'mask',
    request: reference,
    org: orgAlias,
    madeAt: new Date(now).toISOString(),
    dueOn,
    policy,
    targets: targets.toSorted((a, b) => (`${a.kind} ${a.id}` < `${b.kind} ${b.id}` ? -1 : 1)),
    notCovered: notMasked,
    notSeen: [...new Set([...survey.notSeen, ...[...found.values()].flatMap(notSeenIn)])].sort(),
    calls,
    finishBy: new Date(finishBy).toISOString(),
    inTime: dayOf(finishBy) <= dueOn,
  }
}

async function search(
  targets: readonly TargetFacts[],
  { finder, signal = new AbortController().signal }: MakeMaskPlanOptions,
): Promise<ReadonlyMap<string, MaskFindings | MaskUnread>> {
  const identifiers = new Set(
    targets.flatMap(({ conversations }) => conversations.flatMap((each) => each.identifier ?? [])),
  )
  const found = new Map<string, MaskFindings | MaskUnread>()
  for await (const one of finder.find([...identifiers], signal)) found.set(one.identifier, one)
  return found
}

function targetPlan(
  facts: TargetFacts,
  found: ReadonlyMap<string, MaskFindings | MaskUnread>,
  holds: Awaited<ReturnType<ErasureStore['holds']>>,
  options: MakeMaskPlanOptions,
): MaskedTargetPlan {
  const conversations = facts.conversations
    .map((each) => conversationPlan(each, facts, found, holds, options))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  const sum = (of: (one: MaskedConversationPlan) => number): number =>
    conversations.reduce((total, one) => total + of(one), 0)
  return {
    kind: facts.kind,
    id: facts.id,
    counts: {
      Conversation: conversations.length,
      ConversationEntry: sum(({ entries }) => entries),
      TextsToMask: sum(({ texts }) => texts),
      FindingsOutOfReach: sum(({ outOfReach }) => total(outOfReach)),
    },
    blockers: targetBlockers(facts),
    conversations,
    sharedConversations: facts.shared,
  }
}

/** What stands against masking anything of it. A session that is open goes on: what is said next would not be masked. */
function targetBlockers({ recordId, openSessions, privacyHolds }: TargetFacts): readonly Blocker[] {
  return [
    ...(recordId === null ? [{ code: 'not-found', detail: null } as const] : []),
    ...(openSessions > 0 ? [{ code: 'open-session', detail: String(openSessions) } as const] : []),
    ...privacyHolds.map((detail) => ({ code: 'privacy-hold', detail }) as const),
  ]
}

function conversationPlan(
  conversation: ConversationFacts,
  facts: TargetFacts,
  found: ReadonlyMap<string, MaskFindings | MaskUnread>,
  holds: Awaited<ReturnType<ErasureStore['holds']>>,
  { store, minimumRetention, now }: MakeMaskPlanOptions,
): MaskedConversationPlan {
  const { identifier, recordId } = conversation
  const findings = identifier === null ? undefined : found.get(identifier)
  const subject = heldSubject({ ...facts, conversations: [conversation], times: [conversation] }, now)
  const { hindrances } = standing({ holds, subject, now, minimumRetention })
  const held = hindrances.map(({ ground, hold, until }): Blocker => {
    if (ground === 'legal-hold') return { code: 'hold', detail: hold }
    return { code: 'statutory-retention', detail: hold ?? (until === null ? null : addDays(until, -1)) }
  })
  const id = identifier ?? recordId
  if (findings === undefined || 'unread' in findings) {
    const unread: Blocker = { code: 'unreadable', detail: findings?.unread ?? 'without-identifier' }
    return { id, entries: 0, texts: 0, types: {}, outOfReach: {}, changes: '', blockers: [unread, ...held] }
  }
  const { entries, changes, types, outOfReach } = findings
  const commitment = store.commitmentTo(changesText(changes))
  return { id, entries, texts: changes.length, types, outOfReach, changes: commitment, blockers: held }
}

function notSeenIn(found: MaskFindings | MaskUnread): readonly string[] {
  return 'unread' in found ? [] : found.notSeen
}

/** All of them together. */
export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, number) => sum + number, 0)
}
