import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { flag, numberFlag, type TalkOptions, talkFlags } from '../flags.ts'

/** The flags of `custody demo`, as typed. */
export interface DemoFlags extends TalkOptions {
  readonly out: string
  readonly conversations: number
  readonly scenario: string
}

/** `custody demo`. */
export function demoCommand(context: CommandContext): Command {
  const command = new Command('demo')
    .description('Archive and verify a month of the built-in org: no account, no network.')
    .addOption(
      flag('--out <dir>', 'where the archive goes; an older one of the demo is replaced').default('custody-demo'),
    )
    .addOption(numberFlag('--conversations <n>', 'how many conversations the org holds').default(600))
    .addOption(flag('--scenario <name>', 'what goes wrong on the way').default('demo'))
  for (const option of talkFlags()) command.addOption(option)
  return command.action(async (flags: DemoFlags) => {
    const { runDemo } = await import('../archive-job/run-demo.ts')
    context.end(await runDemo(flags, context))
  })
}
