import type { MaskedConversationPlan, MaskPlan } from '@custody/erasure'
import { count } from '../archive-job/progress.ts'
import { many } from './many.ts'
import { blockerText, notCoveredWords, notSeenText } from './plan-lines.ts'

/** A plan for masking in words, for whoever approves it. */
export function maskLines(plan: MaskPlan): readonly string[] {
  const { targets, calls, finishBy, inTime, dueOn, policy, notCovered, notSeen } = plan
  const late = inTime ? `in time for ${dueOn}` : `TOO LATE for ${dueOn}`
  return [
    `  by the policy ${policy.name} (${policy.digest.slice(0, 12)})`,
    ...(targets.length === 0 ? ['  nobody: nothing will be masked'] : []),
    ...targets.flatMap(({ kind, id, counts, blockers, conversations, sharedConversations }) => [
      `  ${kind} ${id}: ${many(counts['TextsToMask'] ?? 0, 'text')} of ${count(counts['ConversationEntry'] ?? 0)} in ${many(conversations.length, 'conversation')}`,
      ...(sharedConversations > 0
        ? [`      shares ${many(sharedConversations, 'conversation')} with somebody else: their texts are searched too`]
        : []),
      ...blockers.map((blocker) => `      stays: ${blockerText(blocker)}`),
      ...conversations.flatMap(conversationLines),
    ]),
    `  ${many(calls, 'request')} to Salesforce; done by ${finishBy.slice(0, 16)}Z, ${late}`,
    `Not reached by masking: ${notCovered.map(notCoveredWords).join('; ')}`,
    ...notSeen.map((code) => `Not known: ${notSeenText(code)} [${code}]`),
  ]
}

function conversationLines({ id, texts, types, outOfReach, blockers }: MaskedConversationPlan): readonly string[] {
  const left = Object.keys(outOfReach).length > 0
  if (texts === 0 && !left && blockers.length === 0) return []
  return [
    `    ${id}: ${many(texts, 'text')}${texts === 0 ? '' : `: ${countsText(types)}`}`,
    ...(left ? [`      stays, for no other text can be put there: ${countsText(outOfReach)}`] : []),
    ...blockers.map((blocker) => `      stays: ${blockerText(blocker)}`),
  ]
}

function countsText(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([type, number]) => `${type} ${count(number)}`)
    .join(', ')
}
