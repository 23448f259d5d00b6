import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { defaultConfigFile } from '../config/choices.ts'
import { flag, type TalkOptions, talkFlags } from '../flags.ts'
import type { AnswerFlags } from '../init/answers.ts'

/** The flags of `custody init`, as typed. */
export interface InitFlags extends TalkOptions, AnswerFlags {
  readonly config: string
  readonly fromSf?: string | true
  readonly yes?: boolean
  readonly force?: boolean
}

/** `custody init`. */
export function initCommand(context: CommandContext): Command {
  const command = new Command('init')
    .description('Ask five questions and write custody.config.yaml, commented, and .env.example beside it.')
    .addOption(flag('--login-url <address>', 'the My Domain address of the org: https://acme.my.salesforce.com'))
    .addOption(flag('--org <alias>', 'what the org is called here (default: after its address)'))
    .addOption(flag('--flow <flow>', 'how Custody signs in: client-credentials, jwt-bearer, refresh-token, password'))
    .addOption(flag('--username <name>', 'for jwt-bearer and password: the Salesforce user name'))
    .addOption(flag('--redact <policy>', 'default: replace personal data; none: keep all as received'))
    .addOption(flag('--seal', 'archives bear a seal (default)'))
    .addOption(flag('--no-seal', 'archives bear none'))
    .addOption(flag('--from-sf [alias]', 'take the address of an org that the Salesforce CLI (sf) knows; no token'))
    .addOption(flag('--yes', 'ask nothing: defaults for all that is left out'))
    .addOption(flag('--config <file>', 'the file to write').default(defaultConfigFile))
    .addOption(flag('--force', 'replace files that are there'))
    .addHelpText('after', '\nExample:\n  custody init --yes --login-url https://acme.my.salesforce.com')
  for (const option of talkFlags()) command.addOption(option)
  return command.action(async (flags: InitFlags) => {
    const { runInitCommand } = await import('../init/run-init-command.ts')
    await runInitCommand(flags, context)
  })
}
