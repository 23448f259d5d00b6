import type { ErasurePlan, PlannedTarget } from '../erasure-plan.ts'
import { type ComposeOptions, composePlan } from '../planning/compose-plan.ts'
import type { TargetFacts } from '../planning/target-facts.ts'

export const planTime: number = Date.parse('2026-11-21T10:00:00.000Z')

/** An end user with two conversations, and nothing in the way. */
export function someFacts(changes: Partial<TargetFacts> = {}): TargetFacts {
  const id = changes.id ?? '0PA000000000001GAA'
  const conversations = [1, 2].map((number) => ({
    recordId: `0dw00000000000${number}AAA`,
    identifier: `00000000-0000-4000-8000-00000000000${number}`,
    from: `2026-10-0${number}T08:00:00.000Z`,
    to: `2026-10-0${number}T09:00:00.000Z`,
  }))
  return {
    kind: 'end-user',
    id,
    recordId: id,
    endUserIds: [id],
    contactIds: ['003000000000001AAA'],
    counts: { MessagingEndUser: 1, MessagingSession: 3, Conversation: 2, ConversationEntry: null },
    notCounted: { ConversationEntry: 'off-platform' },
    messages: 41,
    conversations,
    times: conversations.map(({ from, to }) => ({ from, to })),
    openSessions: 0,
    restricting: {},
    privacyHolds: [],
    shared: 0,
    ...changes,
  }
}

export function somePlan(
  targets: readonly TargetFacts[] = [someFacts()],
  changes: Partial<ComposeOptions> = {},
): ErasurePlan {
  return composePlan({
    request: { reference: 'DSR-1', dueOn: '2026-12-01' },
    org: 'shop',
    survey: { targets, notSeen: [] },
    holds: [],
    minimumRetention: null,
    orgBlockers: [],
    archives: [],
    archived: null,
    pace: { users: 1, perHour: 10 },
    ahead: { 'end-user': 0, conversation: 0 },
    now: planTime,
    ...changes,
  })
}

export function codesOf(target: PlannedTarget | undefined): readonly string[] {
  return (target?.blockers ?? []).map(({ code, detail }) => (detail === null ? code : `${code} ${detail}`))
}
