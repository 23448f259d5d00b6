import { approvePlan, type ErasurePlan, readPlan } from '@custody/erasure'
import type { CommandContext } from '../command-context.ts'
import type { EraseApproveFlags } from '../commands/erase-decide.ts'
import { exitCodes } from '../exit-code.ts'
import { exportNow } from './export-conversations.ts'
import { openErasures } from './open-erasures.ts'
import { plansOf } from './planning-org.ts'
import { requestNamed } from './requests-named.ts'

/** Runs `custody erase approve`. */
export async function approveErasure(digest: string, flags: EraseApproveFlags, context: CommandContext): Promise<void> {
  await using erasures = await openErasures(flags, context)
  const { store, console, config, orgAlias } = erasures
  const { reference, planDigest, approvals, isEnough } = await approvePlan({
    store,
    digest,
    operator: flags.operator,
    twoPersonRule: config.erasure.twoPersonRule,
    exportFirst: config.erasure.exportFirst,
    makeAgain: async (each) => {
      // Archives move by themselves, and nothing that is approved here touches them: they count where they have to be there.
      const archives = config.erasure.exportFirst
      const [plan] = await plansOf([await requestNamed(store, each)], erasures, context, { archives })
      const bytes = (await store.plan(each))?.bytes
      const exported = bytes ? readPlan(bytes).export : null
      return { ...(plan as ErasurePlan), export: exported && (await exportNow(exported, each, config)) }
    },
  })
  const exitCode = isEnough ? exitCodes.done : exitCodes.refused
  const told = { request: reference, planDigest, approvals: approvals.length, isEnough, exitCode }
  console.event({ type: 'erase-approved', org: orgAlias, ...told })
  console.data(`${reference}: approved by ${approvals.map(({ operator }) => operator).join(' and ')}`)
  if (isEnough) console.talk(`Next: custody erase run ${reference}`)
  else console.warn('Nothing is deleted yet: a second person has to approve it too (erasure.twoPersonRule).')
  context.end(exitCode)
}
