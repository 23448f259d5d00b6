import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { flag, type TalkOptions, talkFlags } from '../flags.ts'

/** The flags of `custody report`, as typed. */
export interface ReportFlags extends TalkOptions {
  readonly chain?: string
  readonly out?: string
  readonly key?: string
  readonly replace?: boolean
}

/** `custody report`. */
export function reportCommand(context: CommandContext): Command {
  const command = new Command('report')
    .description('Show what archives hold and prove, as a page for people: one archive, or a year of them.')
    .argument('[archive]', 'a folder or ZIP file; each archive has its report.html already, unless it is an older one')
    .addOption(flag('--chain <dir>', 'all archives of a directory, and what is missing or twice between them'))
    .addOption(flag('--out <file>', 'the page of HTML; of a chain, a table is printed too'))
    .addOption(
      flag('--key <files>', 'public keys that are trusted, from elsewhere: the first one vouches for those after it'),
    )
    .addOption(flag('--replace', 'write the page in the place of an older one'))
  for (const option of talkFlags()) command.addOption(option)
  return command.action(async (archive: string | undefined, flags: ReportFlags) => {
    const { runReportCommand } = await import('../reporting/run-report-command.ts')
    context.end(await runReportCommand(archive, flags, context))
  })
}
