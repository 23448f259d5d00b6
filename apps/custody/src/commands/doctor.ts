import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { configFlag, flag, type TalkOptions, talkFlags } from '../flags.ts'

/** The flags of `custody doctor`, as typed. */
export interface DoctorFlags extends TalkOptions {
  readonly config: string
  readonly org?: string
  readonly probe?: boolean
  readonly conversation?: string
  readonly probeOut?: string
}

/** `custody doctor`. */
export function doctorCommand(context: CommandContext): Command {
  const command = new Command('doctor')
    .description('Check sign-in, scopes, permissions, limits, keys and disk, and say what to do. Changes nothing.')
    .addOption(flag('--org <alias>', 'only this org of the configuration'))
    .addOption(flag('--probe', 'try out what Custody assumes about Salesforce, and write what the org really does'))
    .addOption(
      flag('--conversation <identifier>', 'with --probe: the conversation to read (default: a recent one that ended)'),
    )
    .addOption(
      flag('--probe-out <file>', 'with --probe: where the outcome goes (default: custody-probe-ORG-TIME.json)'),
    )
    .addOption(configFlag())
    .addHelpText('after', '\nExample:\n  custody doctor --org acme')
  for (const option of talkFlags()) command.addOption(option)
  return command.action(async (flags: DoctorFlags) => {
    const { runDoctorCommand } = await import('../doctor/run-doctor-command.ts')
    context.end(await runDoctorCommand(flags, context))
  })
}
