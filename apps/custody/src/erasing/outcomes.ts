import type { ErasureStore, Measure, Target } from '@custody/erasure'
import { count } from '../archive-job/progress.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'
import type { Erasures } from './open-erasures.ts'

const begun: readonly string[] = ['approved', 'running', 'confirming', 'closed']

/** The targets of these requests, or of all whose plan was approved; of one measure alone where that is said. */
export async function targetsOf(
  store: ErasureStore,
  requests: readonly string[] | undefined,
  measure?: Measure,
): Promise<readonly Target[]> {
  const runnable = new Set(
    (await store.requests())
      .filter((each) => begun.includes(each.state) && (measure === undefined || each.measure === measure))
      .map(({ reference }) => reference),
  )
  return (await store.targets()).filter(({ request }) => requests?.includes(request) ?? runnable.has(request))
}

/** What is still open comes before what ended otherwise than erased. */
export function exitCodeOfTargets(targets: readonly Target[]): ExitCode {
  if (targets.some(({ outcome }) => outcome === 'pending')) return exitCodes.pending
  // Masked on a ground: something that was found stays.
  const others = targets.filter(
    ({ outcome, ground }) => outcome !== 'erased' && !(outcome === 'masked' && ground === null),
  )
  if (others.length === 0) return exitCodes.done
  const isHeld = ({ ground }: Target): boolean => ground === 'hold' || ground === 'statutory-retention'
  return others.every(isHeld) ? exitCodes.refused : exitCodes.incomplete
}

export function showOutcomes(
  targets: readonly Target[],
  { console, orgAlias }: Pick<Erasures, 'console' | 'orgAlias'>,
  exitCode: ExitCode,
): void {
  const reasons = new Map<string, number>()
  for (const { outcome, ground } of targets) {
    const reason = ground === null ? outcome : `${outcome} (${ground})`
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  }
  const outcomes = Object.fromEntries([...reasons].sort(([one], [other]) => one.localeCompare(other)))
  console.event({ type: 'erase-outcomes', org: orgAlias, targets: targets.length, outcomes, exitCode })
  for (const [reason, number] of Object.entries(outcomes)) console.data(`${reason}: ${count(number)}`)
  if (targets.length === 0) console.talk('There is nothing to be done.')
}
