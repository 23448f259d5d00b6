import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { flag, type TalkOptions, talkFlags } from '../flags.ts'

/** The flags of `custody convert`, as typed. */
export interface ConvertFlags extends TalkOptions {
  readonly to: string
  readonly out: string
  readonly bom?: boolean
  readonly allowFindings?: boolean
}

/** `custody convert`. */
export function convertCommand(context: CommandContext): Command {
  const command = new Command('convert')
    .description('Write the conversations of an archive in another format; the archive stays as it is.')
    .argument('<archive>', 'a folder or ZIP file')
    .addOption(
      flag(
        '--to <format>',
        'csv (for spreadsheets), txt or html (a transcript each), eml (an e-mail each), parquet',
      ).makeOptionMandatory(),
    )
    .addOption(flag('--out <dir>', 'a new or empty folder').makeOptionMandatory())
    .addOption(flag('--bom', 'begin CSV files with a byte order mark, which some spreadsheets need to see UTF-8'))
    .addOption(
      flag('--allow-findings', 'convert what can be read of an archive that is not as it was made; exit code 4'),
    )
  for (const option of talkFlags()) command.addOption(option)
  return command.action(async (archive: string, flags: ConvertFlags) => {
    const { runConvertCommand } = await import('../converting/run-convert-command.ts')
    context.end(await runConvertCommand(archive, flags, context))
  })
}
