import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type ArchiveSearch,
  type ErasurePlan,
  type ErasureRequest,
  type ErasureStore,
  type PlannedExport,
  planBytes,
  planDigest,
  type SurveyGap,
  shortDigest,
} from '@custody/erasure'
import { CustodyError, usageError } from '@custody/pipeline'
import { count } from '../archive-job/progress.ts'
import type { CommandContext } from '../command-context.ts'
import type { ErasePlanFlags } from '../commands/erase-decide.ts'
import { exitCodes } from '../exit-code.ts'
import { exportConversations } from './export-conversations.ts'
import { many } from './many.ts'
import { type Erasures, openErasures } from './open-erasures.ts'
import { limitLines, planLines } from './plan-lines.ts'
import { plansOf } from './planning-org.ts'
import { assertState, requestNamed } from './requests-named.ts'

/** Runs `custody erase plan`. Deletes nothing. */
export async function planErasures(
  reference: string | undefined,
  flags: ErasePlanFlags,
  context: CommandContext,
): Promise<void> {
  if ((reference === undefined) !== (flags.all === true)) {
    throw usageError('OPTION_MISSING', 'Name one request, or say --all.', 'custody erase plan REFERENCE')
  }
  await using erasures = await openErasures(flags, context)
  const { store, console, orgAlias } = erasures
  const requests = await requestsToPlan(store, reference)
  const plans = requests.length === 0 ? [] : await plansWithExports(requests, erasures, flags, context)
  for (const plan of plans) await keep(plan, erasures, flags.out)
  if (plans.length > 0) for (const line of limitLines(plans)) console.data(line)
  const late = plans.filter(({ inTime }) => !inTime).length
  const unseen = plans.some(({ notSeen }) => notSeen.some((code) => !ofProducts.has(code)))
  const exitCode = late > 0 ? exitCodes.findings : unseen ? exitCodes.incomplete : exitCodes.done
  console.event({ type: 'erase-plan', org: orgAlias, plans: plans.length, late, exitCode })
  if (plans.length === 0) console.talk('No request waits for a plan.')
  if (late > 0) console.warn(`${count(late)} cannot be done in time.`)
  if (plans.length > 0) console.talk('Next: custody erase approve DIGEST --operator ID')
  context.end(exitCode)
}

/** The plans; with `--export` those of conversations that are in an archive, made for them where there was none. */
async function plansWithExports(
  requests: readonly ErasureRequest[],
  erasures: Erasures,
  flags: ErasePlanFlags,
  context: CommandContext,
): Promise<readonly ErasurePlan[]> {
  let sought: readonly ArchiveSearch[] = []
  const onSought = (all: readonly ArchiveSearch[]): void => {
    sought = all
  }
  const plans = await plansOf(requests, erasures, context, { onSought })
  if (flags.export !== true) return plans
  const made = new Map<string, PlannedExport>()
  for (const { request, notArchived } of plans) {
    if (notArchived === 0) continue
    const identifiers = [...(sought.find((search) => search.request === request)?.conversations ?? [])].sort()
    const exported = await exportConversations(request, identifiers, erasures, flags.config, context)
    made.set(request, exported)
    erasures.console.event({ type: 'erase-exported', request, conversations: identifiers.length, ...exported })
    erasures.console.talk(`${request}: exported ${many(identifiers.length, 'conversation')}, sealed`)
  }
  if (made.size === 0) return plans
  const again = await plansOf(requests, erasures, context)
  return again.map((plan) => ({ ...plan, export: made.get(plan.request) ?? null }))
}

/** Objects of products that an org need not have: told, and nothing to mend. */
const ofProducts: ReadonlySet<string> = new Set<SurveyGap>(['privacy-holds-not-visible', 'voice-calls-not-visible'])

async function requestsToPlan(store: ErasureStore, reference: string | undefined): Promise<readonly ErasureRequest[]> {
  if (reference === undefined) return await store.requests({ state: 'selected' })
  const request = await requestNamed(store, reference)
  const isEarly = request.state === 'received' || request.state === 'found'
  assertState(
    request,
    ['selected', 'planned', 'approved'],
    isEarly
      ? 'nobody has decided who it is about; custody erase find comes first'
      : 'its plan is being carried out, or it is over',
  )
  return [request]
}

async function keep(plan: ErasurePlan, { store, console }: Erasures, directory: string | undefined): Promise<void> {
  const bytes = planBytes(plan)
  const digest = planDigest(bytes)
  if (directory !== undefined) await writePlan(directory, plan, bytes)
  await store.savePlan(plan.request, digest, bytes)
  await store.setState(plan.request, 'planned', {
    act: 'request-planned',
    operator: null,
    detail: { planDigest: digest },
  })
  console.event({ type: 'erase-planned', digest, plan })
  console.data(`${plan.request}: plan ${shortDigest(digest)}`)
  for (const line of planLines(plan)) console.data(line)
}

/** Whole or not at all. */
export async function writePlan(
  directory: string,
  { request }: Pick<ErasurePlan, 'request'>,
  bytes: Uint8Array,
): Promise<void> {
  const file = join(directory, `${request}.plan.json`)
  try {
    await mkdir(directory, { recursive: true })
    await writeFile(`${file}.partial`, bytes, { mode: 0o600 })
    await rename(`${file}.partial`, file)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown'
    throw new CustodyError('PLAN_NOT_WRITTEN', `${file} cannot be written (${code}).`, {
      cause,
      actions: ['Check the folder and its permissions, or name another one with --out DIR.'],
    })
  }
}
