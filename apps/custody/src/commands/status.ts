import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { configFlag, flag, type TalkOptions, talkFlags } from '../flags.ts'

/** The flags of `custody status`, as typed. */
export interface StatusFlags extends TalkOptions {
  readonly config: string
  readonly org?: string
  readonly repair?: boolean
}

/** `custody status`. */
export function statusCommand(context: CommandContext): Command {
  const command = new Command('status')
    .description('What is archived, what is due or overdue, what is missing. Ends with 4 when something is overdue.')
    .addOption(flag('--org <alias>', 'only this org of the configuration'))
    .addOption(flag('--repair', 'mend of the ledger what can be mended without loss'))
    .addOption(configFlag())
    .addHelpText('after', '\nIt needs no secret and asks Salesforce for nothing: let a monitor run it.')
  for (const option of talkFlags()) command.addOption(option)
  return command.action(async (flags: StatusFlags) => {
    const { runStatusCommand } = await import('../scheduling/run-status-command.ts')
    context.end(await runStatusCommand(flags, context))
  })
}
