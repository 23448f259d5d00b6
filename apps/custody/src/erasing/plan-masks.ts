import { maskPlanBytes, planDigest, shortDigest } from '@custody/erasure'
import type { CommandContext } from '../command-context.ts'
import type { EraseMaskPlanFlags } from '../commands/erase-mask.ts'
import { exitCodes } from '../exit-code.ts'
import { maskLines } from './mask-lines.ts'
import { maskPlanOf } from './masking-org.ts'
import { openErasures } from './open-erasures.ts'
import { writePlan } from './plan-erasures.ts'
import { assertState, requestNamed } from './requests-named.ts'

/** Runs `custody erase mask plan`: reads and counts, and changes nothing at Salesforce. */
export async function planMasks(reference: string, flags: EraseMaskPlanFlags, context: CommandContext): Promise<void> {
  await using erasures = await openErasures(flags, context)
  const { store, console, orgAlias, config } = erasures
  const request = await requestNamed(store, reference)
  assertState(
    request,
    ['selected', 'planned', 'approved'],
    request.state === 'received' || request.state === 'found'
      ? 'nobody has decided who it is about; custody erase find comes first'
      : 'its plan is being carried out, or it is over',
  )
  const plan = await maskPlanOf(request, flags.policy ?? config.archive.redaction ?? 'default', erasures, context)
  const bytes = maskPlanBytes(plan)
  const digest = planDigest(bytes)
  if (flags.out !== undefined) await writePlan(flags.out, plan, bytes)
  await store.savePlan(reference, digest, bytes, 'mask')
  await store.setState(reference, 'planned', { act: 'request-planned', operator: null, detail: { planDigest: digest } })
  console.event({ type: 'erase-mask-planned', org: orgAlias, digest, plan })
  console.data(`${reference}: plan to mask ${shortDigest(digest)}`)
  for (const line of maskLines(plan)) console.data(line)
  console.talk(`Next: custody erase mask approve ${shortDigest(digest)} --operator ID`)
  context.end(plan.inTime ? exitCodes.done : exitCodes.findings)
}
