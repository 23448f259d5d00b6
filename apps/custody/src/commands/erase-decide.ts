import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { flag } from '../flags.ts'
import { type ErasureFlags, operatorFlag, withErasureFlags } from './erase-flags.ts'

/** The flags of `custody erase find`, as typed. */
export interface EraseFindFlags extends ErasureFlags {
  readonly select?: string
  readonly operator?: string
}

export interface ErasePlanFlags extends ErasureFlags {
  readonly all?: boolean
  readonly out?: string
  readonly export?: boolean
}

export interface EraseApproveFlags extends ErasureFlags {
  readonly operator: string
}

const findHelp = `
Exact matches are the same end-user id, contact, platform key, phone number or e-mail address, and whatever else is linked
to their contact. Near matches are shown and never taken by themselves. On a terminal it asks who of them it is; elsewhere
--select says so: exact (refused where several contacts match), none, or ids from the list.`

/** `custody erase find`. */
export function eraseFindCommand(context: CommandContext): Command {
  const find = new Command('find')
    .description('Find who a person is in the org, on every channel, and decide which records it is.')
    .argument('[reference]', 'which request; without it, all that nobody has decided about')
    .addOption(flag('--select <who>', 'exact, none, or ids of the list, separated by commas'))
    .addOption(flag('--operator <id>', 'who decides, by id; no name'))
    .addHelpText('after', findHelp)
  withErasureFlags(find)
  return find.action(async (reference: string | undefined, flags: EraseFindFlags) => {
    const { findPeople } = await import('../erasing/find-people.ts')
    await findPeople(reference, flags, context)
  })
}

/** `custody erase plan`. */
export function erasePlanCommand(context: CommandContext): Command {
  const plan = new Command('plan')
    .description('Count what would be deleted, say what stands in the way and when it is done. Deletes nothing.')
    .argument('[reference]', 'which request')
    .addOption(flag('--all', 'every request that is decided and has no plan yet'))
    .addOption(
      flag(
        '--export',
        'first archive, sealed, what will go and is in no archive yet; the plan names the archive and its seal',
      ),
    )
    .addOption(flag('--out <dir>', 'write each plan there too, byte for byte: sha256sum gives its digest'))
  withErasureFlags(plan)
  return plan.action(async (reference: string | undefined, flags: ErasePlanFlags) => {
    const { planErasures } = await import('../erasing/plan-erasures.ts')
    await planErasures(reference, flags, context)
  })
}

/** `custody erase approve`. */
export function eraseApproveCommand(context: CommandContext): Command {
  const approve = new Command('approve')
    .description('Approve a plan by its digest. It is made again first; where anything has changed, it is refused.')
    .argument('<digest>', 'of the plan: the first 8 digits or more')
    .addOption(operatorFlag('who approves'))
  withErasureFlags(approve)
  return approve.action(async (digest: string, flags: EraseApproveFlags) => {
    const { approveErasure } = await import('../erasing/approve-erasure.ts')
    await approveErasure(digest, flags, context)
  })
}
