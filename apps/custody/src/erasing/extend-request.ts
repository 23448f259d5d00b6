import { dayOf, extendedUntil, extensionReasons } from '@custody/erasure'
import type { CommandContext } from '../command-context.ts'
import type { EraseExtendFlags } from '../commands/erase-requests.ts'
import { oneOf } from '../config/effective.ts'
import { openErasures } from './open-erasures.ts'
import { requestNamed } from './requests-named.ts'

/** Runs `custody erase extend`. */
export async function extendRequest(
  reference: string,
  flags: EraseExtendFlags,
  context: CommandContext,
): Promise<void> {
  const reason = oneOf(flags.reason, extensionReasons, '--reason')
  await using erasures = await openErasures(flags, context)
  const { store, console, orgAlias } = erasures
  const request = await requestNamed(store, reference)
  const dueOn = extendedUntil(request, dayOf(context.clock.now()))
  await store.extend(reference, { dueOn, reason, operator: flags.operator })
  console.event({ type: 'erase-request-extended', org: orgAlias, reference, dueOn, firstDueOn: request.dueOn, reason })
  console.data(`${reference}: due on ${dueOn}, instead of ${request.dueOn} (${reason})`)
  console.talk(`Whoever asked has to be told, with the reason, by ${request.dueOn}: Custody does not write to them.`)
  if (request.state === 'planned') console.talk(`Its plan names the old day: plan it again before it is approved.`)
}
