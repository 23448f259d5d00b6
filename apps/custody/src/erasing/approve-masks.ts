import { approveByDigest, maskPlanChanges, readMaskPlan } from '@custody/erasure'
import type { CommandContext } from '../command-context.ts'
import type { EraseApproveFlags } from '../commands/erase-decide.ts'
import { exitCodes } from '../exit-code.ts'
import { maskPlanOf } from './masking-org.ts'
import { openErasures } from './open-erasures.ts'
import { requestNamed } from './requests-named.ts'

/** Runs `custody erase mask approve`. */
export async function approveMasks(digest: string, flags: EraseApproveFlags, context: CommandContext): Promise<void> {
  await using erasures = await openErasures(flags, context)
  const { store, console, config, orgAlias } = erasures
  const { reference, planDigest, approvals, isEnough } = await approveByDigest({
    store,
    digest,
    operator: flags.operator,
    twoPersonRule: config.erasure.twoPersonRule,
    measure: 'mask',
    async changesOf(each, bytes) {
      const before = readMaskPlan(bytes)
      const request = await requestNamed(store, each)
      return maskPlanChanges(before, await maskPlanOf(request, before.policy.name, erasures, context))
    },
  })
  const exitCode = isEnough ? exitCodes.done : exitCodes.refused
  const told = { request: reference, planDigest, approvals: approvals.length, isEnough, exitCode }
  console.event({ type: 'erase-mask-approved', org: orgAlias, ...told })
  console.data(`${reference}: approved by ${approvals.map(({ operator }) => operator).join(' and ')}`)
  if (isEnough) console.talk(`Next: custody erase mask run ${reference}`)
  else console.warn('Nothing is masked yet: a second person has to approve it too (erasure.twoPersonRule).')
  context.end(exitCode)
}
