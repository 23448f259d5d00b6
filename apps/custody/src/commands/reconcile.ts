import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import { configFlag, flag, type ObservingFlags, observingFlags, type TalkOptions, talkFlags } from '../flags.ts'
import { addSourceFlags, type SourceFlags } from './source-flags.ts'

/** The flags of `custody reconcile`, as typed. */
export interface ReconcileFlags extends TalkOptions, ObservingFlags, SourceFlags {
  readonly config: string
  readonly org?: string
  readonly from?: string
  readonly to?: string
}

/** `custody reconcile`. */
export function reconcileCommand(context: CommandContext): Command {
  const command = new Command('reconcile')
    .description('Count again: an archive against the org of now, or the sources of a window against one another.')
    .argument('[archive]', 'a folder or ZIP file; without one, --from and --to name a window')
    .addOption(flag('--org <alias>', 'which org of the configuration; may be left out when there is one'))
    .addOption(flag('--from <time>', 'start of the window, included'))
    .addOption(flag('--to <time>', 'end of the window, excluded'))
    .addOption(configFlag())
    .addHelpText(
      'after',
      `
Examples:
  custody reconcile archives/acme-2026-10-01--2026-11-01.zip
  custody reconcile --from 2026-10-01 --to 2026-11-01 --witness data360`,
    )
  addSourceFlags(command)
  for (const option of [...observingFlags(), ...talkFlags()]) command.addOption(option)
  return command.action(async (archive: string | undefined, flags: ReconcileFlags) => {
    const { observe } = await import('../observing/observe.ts')
    await observe({ command: 'reconcile', flags }, context)
    const { runReconcileCommand } = await import('../reconcile-job/run-reconcile-command.ts')
    context.end(await runReconcileCommand(archive, flags, context))
  })
}
