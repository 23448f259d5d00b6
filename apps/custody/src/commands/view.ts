import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { flag, numberFlag, type TalkOptions, talkFlags } from '../flags.ts'

/** The flags of `custody view`, as typed. */
export interface ViewFlags extends TalkOptions {
  readonly port: number
  readonly open?: boolean
}

/** `custody view`. */
export function viewCommand(context: CommandContext): Command {
  const command = new Command('view')
    .description('Read the transcripts of an archive in a browser, on this machine only, until Ctrl-C.')
    .argument('<archive>', 'a folder or a ZIP file; it need not have been written with the format html')
    .addOption(flag('--open', 'open the browser'))
    .addOption(numberFlag('--port <n>', 'the port; 0 takes a free one').default(0))
  for (const option of talkFlags()) command.addOption(option)
  return command.action(async (archive: string, flags: ViewFlags) => {
    const { runViewCommand } = await import('../viewing/run-view-command.ts')
    context.end(await runViewCommand(archive, flags, context))
  })
}
