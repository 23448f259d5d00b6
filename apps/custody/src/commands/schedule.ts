import { Argument, Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { configFlag, flag, type TalkOptions, talkFlags } from '../flags.ts'
import type { SchedulerName } from '../scheduling/definition-of.ts'

/** The flags of `custody schedule`, as typed. */
export interface ScheduleFlags extends TalkOptions {
  readonly config: string
  readonly org?: string
  readonly name?: string
  readonly program?: string
  readonly directory?: string
  readonly environmentFile?: string
  readonly image?: string
  readonly secretName?: string
  readonly into?: string
}

const schedulers = ['cron', 'systemd', 'github-actions', 'kubernetes'] as const satisfies readonly SchedulerName[]

/** `custody schedule`. */
export function scheduleCommand(context: CommandContext): Command {
  const command = new Command('schedule')
    .description('Print what makes a scheduler run custody archive --due in time. Nothing is installed.')
    .addArgument(new Argument('<scheduler>', 'what runs it').choices(schedulers))
    .addOption(flag('--org <alias>', 'only this org; else one definition for all, or one for each where they differ'))
    .addOption(flag('--name <name>', 'of the unit, the workflow, the CronJob (default: custody, or custody-ORG)'))
    .addOption(flag('--program <path>', 'where custody is (default: the one that runs now; for kubernetes, custody)'))
    .addOption(
      flag('--directory <path>', 'where it runs: relative paths of the configuration begin here (default: this one)'),
    )
    .addOption(flag('--environment-file <path>', "lines NAME='value' with the secrets; not for kubernetes"))
    .addOption(flag('--image <reference>', 'for kubernetes: the container image'))
    .addOption(
      flag('--secret-name <name>', 'for kubernetes: the Secret with a key for each variable (default: --name)'),
    )
    .addOption(flag('--into <dir>', 'write the files there instead of printing them; none is overwritten'))
    .addOption(configFlag())
    .addHelpText(
      'after',
      `
Examples:
  (crontab -l; custody schedule cron --environment-file /etc/custody/env) | crontab -
  custody schedule systemd --environment-file /etc/custody/env --into /etc/systemd/system
  custody schedule kubernetes --image registry.example/custody:1 | kubectl apply -f -`,
    )
  for (const option of talkFlags()) command.addOption(option)
  return command.action(async (scheduler: SchedulerName, flags: ScheduleFlags) => {
    const { runScheduleCommand } = await import('../scheduling/run-schedule-command.ts')
    await runScheduleCommand(scheduler, flags, context)
  })
}
