import type { ErasurePlan, PlannedTarget } from '../erasure-plan.ts'
import { canonicalJson, type JsonValue } from './canonical-json.ts'
import type { SurveyGap } from './target-facts.ts'

/**
 * What has changed between two plans of a request, as codes with how many targets they are about: `targets-added: 1`,
 * `blocker-gone:open-session: 2`. None where whoever approved the first may be taken at their word for the second. When the calls end
 * and which archives there are does not decide what is deleted: both move by themselves.
 */
export function planChanges(before: ErasurePlan, after: ErasurePlan): Readonly<Record<string, number>> {
  const changes = new Map<string, number>()
  const tell = (code: string, many = 1): void => {
    if (many > 0) changes.set(code, (changes.get(code) ?? 0) + many)
  }
  if (before.request !== after.request || before.org !== after.org) tell('request')
  if (before.dueOn !== after.dueOn) tell('due-date')
  if (before.export?.seal !== after.export?.seal) tell('export')
  if (!isSame(before.notCovered, after.notCovered)) tell('not-covered')
  if (!isSame(ofTheOrg(before), ofTheOrg(after))) tell('not-seen')
  const [old, fresh] = [byName(before), byName(after)]
  tell('targets-added', [...fresh.keys()].filter((name) => !old.has(name)).length)
  tell('targets-gone', [...old.keys()].filter((name) => !fresh.has(name)).length)
  for (const [name, was] of old) {
    const is = fresh.get(name)
    if (is !== undefined) compare(was, is, tell)
  }
  return Object.fromEntries([...changes].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function compare(was: PlannedTarget, is: PlannedTarget, tell: (code: string, many?: number) => void): void {
  if (!isSame(was.counts, is.counts) || !isSame(was.notCounted, is.notCounted)) tell('counts')
  if (was.messages !== is.messages) tell('messages')
  if (was.sharedConversations !== is.sharedConversations) tell('shared-conversations')
  if (isSame(was.blockers, is.blockers)) return
  const codes = (target: PlannedTarget): ReadonlySet<string> => new Set(target.blockers.map(({ code }) => code))
  const [old, fresh] = [codes(was), codes(is)]
  const [added, gone] = [[...fresh].filter((code) => !old.has(code)), [...old].filter((code) => !fresh.has(code))]
  for (const code of added) tell(`blocker-added:${code}`)
  for (const code of gone) tell(`blocker-gone:${code}`)
  if (added.length + gone.length === 0) tell('blockers')
}

/** What the org does not show: archives are not its own. */
function ofTheOrg({ notSeen }: ErasurePlan): readonly string[] {
  return notSeen.filter((code) => code !== ('archives-unreadable' satisfies SurveyGap))
}

function byName({ targets }: ErasurePlan): ReadonlyMap<string, PlannedTarget> {
  return new Map(targets.map((target) => [`${target.kind} ${target.id}`, target]))
}

function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a as JsonValue) === canonicalJson(b as JsonValue)
}
