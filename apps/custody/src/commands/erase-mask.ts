import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { flag } from '../flags.ts'
import type { EraseApproveFlags } from './erase-decide.ts'
import { type ErasureFlags, operatorFlag, withErasureFlags } from './erase-flags.ts'

/** The flags of `custody erase mask plan`, as typed. */
export interface EraseMaskPlanFlags extends ErasureFlags {
  readonly policy?: string
  readonly out?: string
}

export interface EraseMaskRunFlags extends ErasureFlags {
  readonly all?: boolean
}

const maskHelp = `
For those who must not delete: the conversations stay, and what the policy finds in the texts of their messages is replaced
where it stands, in Salesforce itself. What was there is gone for good. Names and numbers in the records of the person,
rich content and files are not reached: the plan says so. Afterwards: custody erase confirm, and custody erase report.`

/** `custody erase mask`. */
export function eraseMaskCommand(context: CommandContext): Command {
  const mask = new Command('mask')
    .description('Replace personal data in the texts of a request where they stand, instead of deleting them.')
    .addHelpText('after', maskHelp)
  const plan = new Command('plan')
    .description('Count what would be replaced, by type and conversation. Changes nothing.')
    .argument('<reference>', 'which request')
    .addOption(
      flag(
        '--policy <policy>',
        'default, strict, analytics, share-with-vendor, or a file (default: archive.redaction)',
      ),
    )
    .addOption(flag('--out <dir>', 'write the plan there too, byte for byte: sha256sum gives its digest'))
  withErasureFlags(plan).action(async (reference: string, flags: EraseMaskPlanFlags) => {
    const { planMasks } = await import('../erasing/plan-masks.ts')
    await planMasks(reference, flags, context)
  })
  const approve = new Command('approve')
    .description(
      'Approve a plan by its digest. It is made again first; where a single text has changed, it is refused.',
    )
    .argument('<digest>', 'of the plan: the first 8 digits or more')
    .addOption(operatorFlag('who approves'))
  withErasureFlags(approve).action(async (digest: string, flags: EraseApproveFlags) => {
    const { approveMasks } = await import('../erasing/approve-masks.ts')
    await approveMasks(digest, flags, context)
  })
  const run = new Command('run')
    .description('Replace what approved plans say, within the limits of Salesforce, and read it back.')
    .argument('[reference]', 'which request')
    .addOption(flag('--all', 'every request whose plan to mask is approved'))
  withErasureFlags(run).action(async (reference: string | undefined, flags: EraseMaskRunFlags) => {
    const { runMasking } = await import('../erasing/run-masking.ts')
    await runMasking(reference, flags, context)
  })
  for (const command of [plan, approve, run]) mask.addCommand(command)
  return mask
}
