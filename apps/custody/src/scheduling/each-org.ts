import type { RereadSealed } from '../amending/reread-sealed.ts'
import { table } from '../archive-job/summary.ts'
import type { Console } from '../console.ts'
import { type ExitCode, exitCodes } from '../exit-code.ts'

/** What came of one org among several. */
export interface OrgOutcome {
  readonly org: string
  readonly exitCode: ExitCode
  /** How many windows were archived. */
  readonly archived: number
  /** What came of reading sealed windows again; null where none was. */
  readonly reread: RereadSealed | null
  /** How many are still due; null where nobody can say. */
  readonly left: number | null
  /** When the next window becomes due; null where none will. */
  readonly nextDueAt: string | null
  /** Codes of what went wrong. */
  readonly errors: readonly string[]
}

/** Goes through orgs one by one: one that fails does not stop the others. Says in a table what came of each. */
export async function eachOrg<Org extends { readonly alias: string }>(
  orgs: readonly Org[],
  archive: (org: Org) => Promise<OrgOutcome>,
  console: Console,
): Promise<ExitCode> {
  const outcomes: OrgOutcome[] = []
  for (const org of orgs) {
    const outcome = await archive(org)
    outcomes.push(outcome)
    console.event({ type: 'org-end', ...outcome })
    if (outcome.exitCode === exitCodes.interrupted) break
  }
  const exitCode = exitCodeOfAll(outcomes)
  const failed = outcomes.filter((outcome) => outcome.exitCode !== exitCodes.done).length
  const notReached = orgs.slice(outcomes.length).map(({ alias }) => alias)
  console.event({ type: 'orgs-end', orgs: outcomes.length, failed, notReached, exitCode })
  // Whoever asked for quiet wants to see what went wrong.
  const say = exitCode === exitCodes.done ? console.talk : console.warn
  for (const line of outcomesTable(outcomes, notReached)) say(line)
  return exitCode
}

/** Of one org its own; of several, incomplete as soon as one failed. */
function exitCodeOfAll(outcomes: readonly OrgOutcome[]): ExitCode {
  const codes = outcomes.map(({ exitCode }) => exitCode)
  const [only] = codes
  if (codes.includes(exitCodes.interrupted)) return exitCodes.interrupted
  if (only !== undefined && codes.length === 1) return only
  const notDone = codes.filter((code) => code !== exitCodes.done)
  if (notDone.length === 0) return exitCodes.done
  // Whoever is at work archives what was to be archived here: that is no failure.
  return notDone.every((code) => code === exitCodes.locked) ? exitCodes.locked : exitCodes.incomplete
}

const words: Readonly<Record<ExitCode, string>> = {
  [exitCodes.done]: 'done',
  [exitCodes.failed]: 'FAILED',
  [exitCodes.usage]: 'WRONG CONFIGURATION',
  [exitCodes.incomplete]: 'INCOMPLETE: see data/reports/gaps.csv of the archive',
  [exitCodes.findings]: 'FINDINGS',
  [exitCodes.refused]: 'REFUSED',
  [exitCodes.signIn]: 'SIGN-IN OR PERMISSION',
  [exitCodes.pending]: 'PENDING',
  [exitCodes.notFound]: 'NOT FOUND',
  [exitCodes.locked]: 'another run is at work',
  [exitCodes.interrupted]: 'interrupted',
}

function outcomesTable(outcomes: readonly OrgOutcome[], notReached: readonly string[]): readonly string[] {
  if (outcomes.length === 0) return []
  return table([
    ...outcomes.map(
      (outcome) => [outcome.org, `${outcome.archived} archived`, noteOn(outcome)] as [string, string, string],
    ),
    ...notReached.map((org) => [org, '', 'not reached'] as [string, string, string]),
  ])
}

function noteOn({ exitCode, archived, left, nextDueAt, reread, errors }: OrgOutcome): string {
  const isIdle = exitCode === exitCodes.done && archived === 0 && reread === null && left === 0 && nextDueAt !== null
  const codes = errors.length === 0 ? '' : ` [${[...new Set(errors)].join(', ')}]`
  return [
    `${isIdle ? 'nothing was due' : words[exitCode]}${codes}`,
    ...(reread === null ? [] : rereadNotes(reread)),
    ...(left === null || left === 0 ? [] : [`${left} still due`]),
    ...(nextDueAt === null || left !== 0 ? [] : [`next at ${nextDueAt}`]),
  ].join('; ')
}

function rereadNotes({ windows, late, changed, vanished }: RereadSealed): readonly string[] {
  if (windows === 0) return []
  const found = Object.entries({ late, changed, vanished }).filter(([, number]) => number > 0)
  const differing = found.length === 0 ? 'as it was' : found.map(([what, number]) => `${number} ${what}`).join(', ')
  return [`${windows} read again: ${differing}`]
}
