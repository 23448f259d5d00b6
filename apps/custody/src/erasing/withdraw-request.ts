import type { CommandContext } from '../command-context.ts'
import type { EraseWithdrawFlags } from '../commands/erase-requests.ts'
import { openErasures } from './open-erasures.ts'

/** Runs `custody erase withdraw`. */
export async function withdrawRequest(
  reference: string,
  flags: EraseWithdrawFlags,
  context: CommandContext,
): Promise<void> {
  await using erasures = await openErasures(flags, context)
  const { store, console, orgAlias } = erasures
  const { operator } = flags
  await store.setState(reference, 'withdrawn', { act: 'request-withdrawn', operator, detail: {} })
  console.event({ type: 'erase-request-withdrawn', org: orgAlias, reference })
  console.data(`${reference}: withdrawn; nothing that names the person is kept`)
}
