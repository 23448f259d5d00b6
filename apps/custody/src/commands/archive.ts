import { Command } from 'commander'
import type { CommandContext } from '../command-context.ts'
import {
  archiveFlags,
  configFlag,
  flag,
  numberFlag,
  type ObservingFlags,
  observingFlags,
  type TalkOptions,
  talkFlags,
} from '../flags.ts'
import { addSourceFlags, type SourceFlags } from './source-flags.ts'

/** The flags of `custody archive`, as typed. */
export interface ArchiveFlags extends TalkOptions, ObservingFlags, SourceFlags {
  readonly config: string
  readonly org?: string
  readonly from?: string
  readonly to?: string
  readonly due?: boolean
  readonly allOrgs?: boolean
  readonly formats?: string
  readonly container?: string
  readonly redact?: string
  readonly out?: string
  readonly limit?: number
  readonly plan?: boolean
  readonly attachments?: boolean
  readonly amend?: boolean
  readonly replace?: boolean
  readonly resume?: string
  readonly allowEmpty?: boolean
  readonly allowCounted?: boolean
  readonly jobs?: number
}

/** `custody archive`. */
export function archiveCommand(context: CommandContext): Command {
  const command = new Command('archive')
    .description('Archive the conversations of a window: complete, redacted, hashed, verifiable.')
    .addOption(flag('--org <alias>', 'which org of the configuration; may be left out when there is one'))
    .addOption(flag('--from <time>', 'start of the window, included: 2026-10-01 or an RFC 3339 time'))
    .addOption(flag('--to <time>', 'end of the window, excluded'))
    .addOption(
      flag('--due', 'in place of a window: all that is due by the schedules of the configuration, oldest first'),
    )
    .addOption(flag('--all-orgs', 'the window of every org of the configuration'))
  addSourceFlags(command)
  for (const option of archiveFlags()) command.addOption(option)
  command
    .addOption(numberFlag('--limit <n>', 'archive only the first n conversations; the archive is then incomplete'))
    .addOption(flag('--attachments', 'fetch the files that messages carry; on unless texts are redacted'))
    .addOption(flag('--no-attachments', 'leave the files out'))
    .addOption(flag('--plan', 'count, estimate the time, and stop before any conversation is read'))
    .addOption(flag('--resume <run>', 'go on with a run that was stopped; the same command again does so too'))
    .addOption(flag('--amend', 'read a sealed window again; what differs goes into an archive that amends it'))
    .addOption(flag('--replace', 'replace an archive of the same window, once the new one is whole'))
    .addOption(flag('--allow-empty', 'end with 0 also when the window holds no conversation'))
    .addOption(
      flag('--allow-counted', 'end with 0 also when bots and events rest on one source, for nobody else was asked'),
    )
    .addOption(
      numberFlag(
        '--jobs <n>',
        'threads that redact and encode; what is archived is the same (default: one beside the one that reads, for bulk sources; 1: a single one for all)',
      ),
    )
    .addOption(configFlag())
    .addHelpText(
      'after',
      '\nExamples:\n  custody archive --from 2026-10-01 --to 2026-11-01 --redact default\n  custody archive --due',
    )
  for (const option of [...observingFlags(), ...talkFlags()]) command.addOption(option)
  return command.action(async (flags: ArchiveFlags) => {
    const { observe } = await import('../observing/observe.ts')
    await observe({ command: 'archive', flags }, context)
    if (flags.due || flags.allOrgs) {
      const { runAllOrgs, runDue } = await import('../scheduling/run-many.ts')
      context.end(await (flags.due ? runDue(flags, context) : runAllOrgs(flags, context)))
      return
    }
    const { runArchiveCommand } = await import('../archive-job/run-archive-command.ts')
    context.end(await runArchiveCommand(flags, context))
  })
}
